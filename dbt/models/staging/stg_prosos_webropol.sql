with newest as (
    {{ newest('prosos_webropol') }}
)

select
    survey_code,
    wave,
    respondent_id,
    subproject,
    organisation,
    sex,
    submitted
from newest

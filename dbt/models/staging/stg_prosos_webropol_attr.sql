with newest as (
    {{ newest('prosos_webropol_attr') }}
)

select
    survey_code,
    wave,
    respondent_id,
    attr_type,
    code
from newest

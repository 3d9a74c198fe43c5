with newest as (
    {{ newest('prosos_subproject') }}
)

select
    survey_code,
    subproject,
    in_survey
from newest

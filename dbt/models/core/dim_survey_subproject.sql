select
    survey_code,
    subproject,
    in_survey
from {{ ref('stg_prosos_subproject') }}

select
    survey_code,
    wave,
    question_code,
    question_group_id,
    subproject,
    theme
from {{ ref('stg_prosos_question') }}

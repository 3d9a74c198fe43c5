with newest as (
    {{ newest('prosos_question') }}
)

select
    survey_code,
    wave,
    question_code,
    question_group_id,
    subproject,
    theme
from newest

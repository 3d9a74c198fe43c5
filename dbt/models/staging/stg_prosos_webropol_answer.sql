with newest as (
    {{ newest('prosos_webropol_answer') }}
)

select
    survey_code,
    wave,
    respondent_id,
    question_code,
    seq
from newest

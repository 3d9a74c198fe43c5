with newest as (
    {{ newest('prosos_answer_code') }}
)

select
    survey_code,
    wave,
    respondent_id,
    question_code,
    seq,
    theme,
    lead_theme,
    side,
    stance,
    change,
    level,
    client_group,
    publishable
from newest

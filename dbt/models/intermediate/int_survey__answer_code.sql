-- Coded answers to delivered questions.
select answers.*
from {{ ref('stg_prosos_answer_code') }} as answers
where exists (
    select 1
    from {{ ref('stg_prosos_question') }} as questions
    where
        questions.survey_code = answers.survey_code
        and questions.wave = answers.wave
        and questions.question_code = answers.question_code
)

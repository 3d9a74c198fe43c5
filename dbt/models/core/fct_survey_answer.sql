select
    answers.survey_code,
    answers.wave,
    answers.respondent_id,
    answers.question_code,
    answers.seq,
    questions.question_group_id,
    coalesce(answers.theme, questions.theme) as theme,
    answers.lead_theme,
    answers.side,
    answers.stance,
    answers.change,
    answers.level,
    answers.client_group,
    answers.publishable
from {{ ref('int_survey__answer_code') }} as answers
inner join {{ ref('dim_survey_question') }} as questions
    on
        answers.survey_code = questions.survey_code
        and answers.wave = questions.wave
        and answers.question_code = questions.question_code

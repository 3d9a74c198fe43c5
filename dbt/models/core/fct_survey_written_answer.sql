-- That there is an answer; its words are in the restricted zone.
select
    survey_code,
    wave,
    respondent_id,
    question_code,
    seq
from {{ ref('stg_prosos_webropol_answer') }}

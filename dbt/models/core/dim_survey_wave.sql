select
    survey_code,
    wave,
    sent_from,
    sent_to,
    response_days,
    reminder
from {{ ref('stg_prosos_wave') }}

select
    survey_code,
    wave,
    sent_from,
    date_precision,
    sent_to,
    response_days,
    reminder
from {{ ref('stg_prosos_wave') }}

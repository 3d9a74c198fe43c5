with newest as (
    {{ newest('prosos_wave') }}
)

select
    survey_code,
    wave,
    sent_from,
    sent_to,
    response_days,
    reminder
from newest

with newest as (
    {{ newest('kela_open_decisions') }}
)

select
    time_type,
    month_no,
    month,
    year,
    benefit,
    decision,
    n_decisions,
    n_timed,
    days
from newest

with newest as (
    {{ newest('kela_open_households') }}
)

select
    time_type,
    month_no,
    month,
    year,
    municipality_code,
    household_type,
    has_adult_under_25,
    n_households
from newest

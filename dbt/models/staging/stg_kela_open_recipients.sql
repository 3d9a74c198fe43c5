with newest as (
    {{ newest('kela_open_recipients') }}
)

select
    time_type,
    month_no,
    month,
    year,
    municipality_code,
    age_group,
    sex,
    n_recipients
from newest

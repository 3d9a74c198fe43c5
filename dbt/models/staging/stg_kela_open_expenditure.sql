with newest as (
    {{ newest('kela_open_expenditure') }}
)

select
    month,
    year,
    month_no,
    payment_date,
    municipality_code,
    benefit,
    is_return,
    paid_eur,
    state_eur,
    shared_eur
from newest

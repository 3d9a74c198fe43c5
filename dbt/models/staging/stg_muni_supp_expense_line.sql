with newest as (
    {{ newest('muni_supp_expense_line', 'decision_date') }}
)

select
    municipality_code,
    decision_id,
    seq,
    decision_date,
    expense_code,
    amount_eur
from newest

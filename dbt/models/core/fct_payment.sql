select
    payment_id,
    line,
    household_key,
    payment_date,
    payment_month,
    benefit_month,
    payee,
    is_return,
    amount_eur,
    paid_eur,
    returned_eur
from {{ ref('int_kela__payment') }}

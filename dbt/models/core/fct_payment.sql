select
    payment_id,
    line,
    household_key,
    payment_date,
    {{ first_of_month('payment_date') }} as payment_month,
    benefit_month,
    payee,
    is_return,
    amount_eur,
    cast(case when is_return then 0 else amount_eur end as decimal(12, 2)) as paid_eur,
    cast(case when is_return then -amount_eur else 0 end as decimal(12, 2)) as returned_eur
from {{ ref('int_kela__payment') }}

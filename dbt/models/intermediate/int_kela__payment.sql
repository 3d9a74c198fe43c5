{{ config(materialized='view') }}

-- Lines of households that the register knows; the benefit month itself may lie before the first delivered month.
select
    payments.*,
    {{ first_of_month('payments.payment_date') }} as payment_month,
    cast(case when payments.is_return then 0 else payments.amount_eur end as decimal(12, 2)) as paid_eur,
    cast(case when payments.is_return then -payments.amount_eur else 0 end as decimal(12, 2)) as returned_eur
from {{ ref('stg_kela_payment') }} as payments
where exists (
    select 1
    from {{ ref('int_kela__household') }} as households
    where households.household_key = payments.household_key
)

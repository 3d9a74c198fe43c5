with payments as (
    select
        *,
        {{ first_of_month('payment_date') }} as payment_month
    from {{ ref('int_kela__payment') }}
)

select
    payments.payment_id,
    payments.line,
    payments.household_key,
    payments.payment_date,
    payments.payment_month,
    payments.benefit_month,
    payments.payee,
    payments.is_return,
    payments.amount_eur,
    coalesce(household_months.municipality_code, 'unknown') as municipality_code,
    coalesce(household_months.county_code, 'unknown') as county_code,
    coalesce(household_months.household_type, 'unknown') as household_type,
    cast(case when payments.is_return then 0 else payments.amount_eur end as decimal(12, 2)) as paid_eur,
    cast(case when payments.is_return then -payments.amount_eur else 0 end as decimal(12, 2)) as returned_eur
from payments
left join {{ ref('fct_household_month') }} as household_months
    on
        payments.household_key = household_months.household_key
        and payments.benefit_month = household_months.month

{{ config(materialized='view') }}

with newest as (
    {{ newest('kela_payment', 'payment_date') }}
)

select
    payment_id,
    line,
    decision_id,
    household_key,
    benefit_month,
    payment_date,
    amount_eur,
    is_return,
    payee
from newest

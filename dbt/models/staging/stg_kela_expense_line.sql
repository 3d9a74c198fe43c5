{{ config(materialized='view') }}

with newest as (
    {{ newest('kela_expense_line', 'month') }}
)

select
    household_key,
    month,
    expense_code,
    seq,
    applied_eur,
    accepted_eur
from newest

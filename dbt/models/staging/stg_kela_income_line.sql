{{ config(materialized='view') }}

with newest as (
    {{ newest('kela_income_line', 'month') }}
)

select
    household_key,
    month,
    person_key,
    code_birth_year,
    code_sex,
    income_code,
    seq,
    income_source,
    amount_eur
from newest

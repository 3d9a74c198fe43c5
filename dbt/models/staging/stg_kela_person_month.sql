{{ config(materialized='view') }}

with newest as (
    {{ newest('kela_person_month', 'month') }}
)

select
    person_key,
    code_birth_year,
    code_sex,
    household_key,
    month,
    role,
    activity_code,
    on_unemployment_benefit
from newest

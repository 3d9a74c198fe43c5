{{ config(materialized='view') }}

with newest as (
    {{ newest('kela_household_month', 'month') }}
)

select
    household_key,
    month,
    municipality_code,
    household_type,
    n_adults,
    n_children,
    n_persons,
    basic_part_full_eur,
    basic_part_paid_eur,
    housing_cost_eur,
    other_cost_eur,
    income_total_eur,
    granted_eur,
    has_no_income,
    main_income_flag,
    rejected
from newest

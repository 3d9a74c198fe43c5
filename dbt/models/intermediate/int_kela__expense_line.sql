{{ config(materialized='view') }}

-- Lines whose household has a row for the month.
select lines.*
from {{ ref('stg_kela_expense_line') }} as lines
where exists (
    select 1
    from {{ ref('stg_kela_household_month') }} as household_months
    where
        household_months.household_key = lines.household_key
        and household_months.month = lines.month
)

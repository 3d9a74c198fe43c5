{{ config(materialized='view') }}

-- Members whose household has a row for the month.
select members.*
from {{ ref('stg_kela_person_month') }} as members
where exists (
    select 1
    from {{ ref('stg_kela_household_month') }} as household_months
    where
        household_months.household_key = members.household_key
        and household_months.month = members.month
)

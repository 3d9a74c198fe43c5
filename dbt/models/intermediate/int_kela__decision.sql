{{ config(materialized='view') }}

-- Decisions on households that the register knows.
select decisions.*
from {{ ref('stg_kela_decision') }} as decisions
where exists (
    select 1
    from {{ ref('int_kela__household') }} as households
    where households.household_key = decisions.household_key
)

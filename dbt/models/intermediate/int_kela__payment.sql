{{ config(materialized='view') }}

-- Lines of households that the register knows; the benefit month itself may lie before the first delivered month.
select payments.*
from {{ ref('stg_kela_payment') }} as payments
where exists (
    select 1
    from {{ ref('int_kela__household') }} as households
    where households.household_key = payments.household_key
)

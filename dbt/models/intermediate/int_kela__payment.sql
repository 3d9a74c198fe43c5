-- Lines of households that the register knows; the benefit month itself may lie before the first delivered month.
select payments.*
from {{ ref('stg_kela_payment') }} as payments
where exists (
    select 1
    from {{ ref('stg_kela_household_month') }} as household_months
    where household_months.household_key = payments.household_key
)

-- Households of the register and of its months: where one of a couple is forgotten, the pair goes and the months stay.
with from_months as (
    select
        household_key,
        min(month) as first_month,
        max(month) as last_month
    from {{ ref('stg_kela_household_month') }}
    group by household_key
)

select
    coalesce(households.household_key, from_months.household_key) as household_key,
    households.applicant_key,
    households.spouse_key,
    coalesce(households.first_month, from_months.first_month) as first_month,
    coalesce(households.last_month, from_months.last_month) as last_month,
    households.household_key is not null as is_pair_known
from from_months
full outer join {{ ref('stg_kela_household') }} as households on from_months.household_key = households.household_key

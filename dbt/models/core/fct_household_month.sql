-- One protected member withholds the area of the whole household.
with protected_households as (
    select members.household_key
    from {{ ref('stg_kela_person_month') }} as members
    inner join {{ ref('dim_person') }} as persons on members.person_key = persons.person_key
    where persons.protected
    group by members.household_key
)

select
    household_months.household_key,
    household_months.month,
    household_months.household_type,
    household_months.n_adults,
    household_months.n_children,
    household_months.n_persons,
    household_months.basic_part_full_eur,
    household_months.basic_part_paid_eur,
    household_months.housing_cost_eur,
    household_months.other_cost_eur,
    household_months.income_total_eur,
    household_months.granted_eur,
    household_months.has_no_income,
    household_months.main_income_flag,
    household_months.rejected,
    case
        when protected_households.household_key is not null then 'unknown'
        else coalesce(areas.today_code, 'unknown')
    end as municipality_code,
    -- Grants and corrections arrive late: the newest three benefit months are not final.
    household_months.month > newest.newest_month - interval 3 month as is_provisional
from {{ ref('stg_kela_household_month') }} as household_months
left join {{ ref('dim_municipality') }} as areas on household_months.municipality_code = areas.municipality_code
left join protected_households on household_months.household_key = protected_households.household_key
left join {{ ref('int_registry__newest_month') }} as newest on newest.extract = 'kela_household_month'

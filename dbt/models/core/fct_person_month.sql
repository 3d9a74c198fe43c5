-- A person in two households in one month counts once: where they apply, else where more was granted. What decides next
-- does not change with the keys of a rotation, so that the same lake is published alike.
with memberships as (
    select
        members.person_key,
        members.month,
        members.household_key,
        members.role,
        members.on_unemployment_benefit,
        members.activity_code,
        household_months.municipality_code,
        household_months.county_code,
        household_months.household_type,
        household_months.is_provisional,
        household_months.granted_eur,
        household_months.main_income_flag,
        row_number() over (
            partition by members.person_key, members.month
            order by
                case when members.role = 'HAKIJA' then 0 else 1 end asc,
                household_months.granted_eur desc,
                household_months.household_type asc,
                household_months.municipality_code asc,
                members.household_key asc
        ) as membership_no
    from {{ ref('int_kela__person_month') }} as members
    inner join {{ ref('fct_household_month') }} as household_months
        on
            members.household_key = household_months.household_key
            and members.month = household_months.month
)

select
    memberships.person_key,
    memberships.month,
    memberships.household_key,
    memberships.role,
    memberships.on_unemployment_benefit,
    persons.sex,
    memberships.municipality_code,
    memberships.county_code,
    memberships.household_type,
    memberships.is_provisional,
    memberships.granted_eur > 0 as is_granted,
    coalesce(memberships.main_income_flag, false) as is_main_income,
    coalesce(memberships.activity_code, 'unknown') as activity,
    {{ age_in_year('memberships.month', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('memberships.month', 'persons.birth_year')) }} as age_group
from memberships
inner join {{ ref('dim_person') }} as persons on memberships.person_key = persons.person_key
where memberships.membership_no = 1

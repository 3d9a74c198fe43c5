-- A person in two households in one month counts once: where they apply, else in the household with the smallest key.
with memberships as (
    select
        *,
        row_number() over (
            partition by person_key, month
            order by case when role = 'HAKIJA' then 0 else 1 end, household_key
        ) as membership_no
    from {{ ref('int_kela__person_month') }}
)

select
    memberships.person_key,
    memberships.month,
    memberships.household_key,
    memberships.role,
    memberships.on_unemployment_benefit,
    persons.sex,
    household_months.municipality_code,
    household_months.county_code,
    household_months.household_type,
    household_months.is_provisional,
    household_months.granted_eur > 0 as is_granted,
    coalesce(memberships.activity_code, 'unknown') as activity,
    {{ age_in_year('memberships.month', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('memberships.month', 'persons.birth_year')) }} as age_group
from memberships
inner join {{ ref('dim_person') }} as persons on memberships.person_key = persons.person_key
inner join {{ ref('fct_household_month') }} as household_months
    on
        memberships.household_key = household_months.household_key
        and memberships.month = household_months.month
where memberships.membership_no = 1

-- A person in two households in one month counts once: where they apply, else where more was granted. What decides next
-- does not change with the keys of a rotation, so that the same lake is published alike. Only the few who are in
-- several are ranked, and they are looked for among those who have been in several at all.
with in_several as (
    select
        members.person_key,
        members.month
    from {{ ref('stg_kela_person_month') }} as members
    inner join {{ ref('int_kela__member') }} as persons on members.person_key = persons.person_key
    where persons.is_in_several_households
    group by members.person_key, members.month
    having count(*) > 1
),

ranked as (
    select
        members.person_key,
        members.month,
        members.household_key,
        row_number() over (
            partition by members.person_key, members.month
            order by
                case when members.role = 'HAKIJA' then 0 else 1 end asc,
                household_months.granted_eur desc,
                household_months.household_type asc,
                household_months.municipality_code asc,
                members.household_key asc
        ) as membership_no
    from {{ ref('stg_kela_person_month') }} as members
    inner join in_several
        on
            members.person_key = in_several.person_key
            and members.month = in_several.month
    inner join {{ ref('fct_household_month') }} as household_months
        on
            members.household_key = household_months.household_key
            and members.month = household_months.month
),

chosen as (
    select
        person_key,
        month,
        household_key
    from ranked
    where membership_no = 1
)

-- Members whose household has no row for the month are not of the register.
select
    members.person_key,
    members.month,
    members.household_key,
    members.role,
    members.on_unemployment_benefit,
    household_months.municipality_code,
    household_months.is_provisional,
    household_months.granted_eur > 0 as is_granted,
    coalesce(household_months.main_income_flag, false) as is_main_income,
    coalesce(members.activity_code, 'unknown') as activity
from {{ ref('stg_kela_person_month') }} as members
inner join {{ ref('fct_household_month') }} as household_months
    on
        members.household_key = household_months.household_key
        and members.month = household_months.month
left join chosen
    on
        members.person_key = chosen.person_key
        and members.month = chosen.month
where chosen.household_key is null or members.household_key = chosen.household_key

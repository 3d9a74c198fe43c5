-- Members of the households that received. In two of them, or for two benefit months paid at once, one counts once: by
-- what does not change with the keys of a rotation, so that the same lake is published alike.
with memberships as (
    select
        receipts.basis,
        receipts.month,
        receipts.municipality_code,
        receipts.county_code,
        receipts.household_type,
        receipts.is_provisional,
        members.person_key,
        members.household_key,
        members.activity_code,
        row_number() over (
            partition by receipts.basis, receipts.month, members.person_key
            order by
                receipts.benefit_month desc,
                case when members.role = 'HAKIJA' then 0 else 1 end asc,
                receipts.paid_eur desc,
                receipts.household_type asc,
                receipts.municipality_code asc,
                members.household_key asc
        ) as membership_no
    from {{ ref('fct_receipt_household') }} as receipts
    inner join {{ ref('int_kela__person_month') }} as members
        on
            receipts.household_key = members.household_key
            and receipts.benefit_month = members.month
    where receipts.is_received
)

select
    memberships.basis,
    memberships.person_key,
    memberships.month,
    memberships.household_key,
    memberships.municipality_code,
    memberships.county_code,
    memberships.household_type,
    memberships.is_provisional,
    persons.sex,
    coalesce(memberships.activity_code, 'unknown') as activity,
    {{ age_group(age_in_year('memberships.month', 'persons.birth_year')) }} as age_group
from memberships
inner join {{ ref('dim_person') }} as persons on memberships.person_key = persons.person_key
where memberships.membership_no = 1

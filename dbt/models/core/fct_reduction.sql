-- A reduction falls on a person's basic amount and goes on for its months; the strongest of a month stands for it.
with reduced as (
    select
        household_key,
        reduction_step,
        coalesce(reduction_reason, 'unknown') as reason,
        reduced_role,
        assessment_booked,
        {{ first_of_month('coalesce(valid_from, decision_date)') }} as first_month,
        greatest(reduction_months, 1) as n_months
    from {{ ref('fct_decision') }}
    where reduction_step is not null and not is_corrected
),

by_person as (
    select
        reduced.*,
        households.applicant_key as person_key
    from reduced
    inner join {{ ref('dim_household') }} as households on reduced.household_key = households.household_key
    where reduced.reduced_role in ('HAKIJA', 'MOLEMMAT')
    union all
    select
        reduced.*,
        households.spouse_key as person_key
    from reduced
    inner join {{ ref('dim_household') }} as households on reduced.household_key = households.household_key
    where reduced.reduced_role in ('PUOLISO', 'MOLEMMAT') and households.spouse_key is not null
),

-- The law knows two months at a time; a third would be shown and not hidden.
offsets as (
    select 0 as n
    union all
    select 1 as n
    union all
    select 2 as n
),

by_month as (
    select
        by_person.*,
        {{ months_after('by_person.first_month', 'offsets.n') }} as month
    from by_person
    inner join offsets on by_person.n_months > offsets.n
),

ranked as (
    select
        *,
        row_number() over (
            partition by person_key, month
            order by
                case reduction_step when '50' then 0 when 'up_to_40' then 1 else 2 end asc,
                reason asc,
                case when assessment_booked then 0 else 1 end asc
        ) as strongest_first
    from by_month
)

select
    person_key,
    month,
    reduction_step as step,
    reason,
    coalesce(assessment_booked, false) as is_assessment_booked
from ranked
where strongest_first = 1

-- Spells that began within the register, in the months of a cohort: its duration as far as the cohort is followed. An
-- end is known once the empty months of the gap rule have passed, so a spell is followed so much shorter.
with register as (
    select max(case when not is_provisional then month end) as last_month
    from {{ ref('fct_household_month') }}
),

-- The first months of a year's spells are left-truncated: the same calendar months are left out a year later.
cohorts as (
    select
        cohorts.*,
        least(coalesce(cohorts.followed_to, register.last_month), register.last_month) as observed_to
    from {{ ref('dim_receipt_cohort') }} as cohorts
    cross join register
    where cohorts.sex = 'all' and cohorts.age_group = 'all'
),

-- Where the spell began decides for the whole of it; people move.
pilots as (
    select municipality_code
    from {{ ref('dim_method_adoption') }}
    where method = 'OSALLISTAVA_MALLI'
),

spells as (
    select
        spells.*,
        case when pilots.municipality_code is null then 'comparison' else 'pilot' end as area_group
    from {{ ref('fct_receipt_spell') }} as spells
    left join pilots on spells.municipality_code = pilots.municipality_code
    where not spells.is_left_truncated and spells.municipality_code <> 'unknown'
),

followed as (
    select
        spells.*,
        cohorts.cohort,
        {{ month_no('cohorts.observed_to') }} - spells.gap_months - {{ month_no('spells.first_month') }} + 1
            as followed_months
    from spells
    inner join cohorts
        on
            spells.gap_months = cohorts.gap_months
            and spells.unit = cohorts.unit
            and spells.area_group = cohorts.area_group
            and spells.first_month >= {{ months_after('cohorts.entered_from', 'cohorts.gap_months') }}
            and spells.first_month < cohorts.entered_before
)

-- A household has the sex and age of its applicant.
select
    followed.gap_months,
    followed.unit,
    followed.unit_key,
    followed.cohort,
    followed.first_month as entry_month,
    followed.municipality_code,
    areas.county_code,
    coalesce(persons.sex, '9') as sex,
    {{ age_group(age_in_year('followed.first_month', 'persons.birth_year')) }} as age_group,
    cast(0 as bigint) as entry_age_months,
    least(followed.months, followed.followed_months) as months,
    followed.months <= followed.followed_months as is_exit,
    case when followed.months <= followed.followed_months then followed.exit_reason end as exit_reason
from followed
left join {{ ref('dim_person') }} as persons on followed.person_key = persons.person_key
left join {{ ref('dim_municipality') }} as areas on followed.municipality_code = areas.municipality_code
where followed.followed_months >= 1

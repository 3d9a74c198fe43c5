{% set cell = ['gap_months', 'unit', 'cohort', 'sex', 'age_group'] %}
{#- A step of the published curve: so many at risk, and so many exits since the step before. -#}
{% set least_at_risk, least_exits = 10, 5 %}

-- Kaplan-Meier with delayed entry: one row a month in which a spell of the group was entered upon, ended or was lost
-- from sight, with the sums that interval, restricted mean and incidence need.
with changes as (
    select
        gap_months,
        unit,
        cohort,
        sex,
        age_group,
        entry_age_months as months,
        count(*) as n_entered,
        0 as n_exits,
        0 as n_censored
    from {{ ref('fct_receipt_cohort') }}
    group by gap_months, unit, cohort, sex, age_group, entry_age_months
    union all
    select
        gap_months,
        unit,
        cohort,
        sex,
        age_group,
        months,
        0 as n_entered,
        count(*) filter (where is_exit) as n_exits,
        count(*) filter (where not is_exit) as n_censored
    from {{ ref('fct_receipt_cohort') }}
    group by gap_months, unit, cohort, sex, age_group, months
),

cells as (
    select
        gap_months,
        unit,
        cohort,
        case when grouping(sex) = 1 then 'all' else sex end as sex,
        case when grouping(age_group) = 1 then 'all' else age_group end as age_group,
        months,
        cast(sum(n_entered) as bigint) as n_entered,
        cast(sum(n_exits) as bigint) as n_exits,
        cast(sum(n_censored) as bigint) as n_censored
    from changes
    group by grouping sets (
        (gap_months, unit, cohort, months),
        (gap_months, unit, cohort, sex, months),
        (gap_months, unit, cohort, age_group, months)
    )
),

-- At risk in a month is who entered before it and had not left before it.
at_risk as (
    select
        *,
        cast(
            coalesce(sum(n_entered - n_exits - n_censored) {{ up_to_the_one_before(cell) }}, 0) as bigint
        ) as n_at_risk
    from cells
),

survived as (
    select
        *,
        {{ kaplan_meier(cell) }} as survival,
        {{ greenwood_term() }} as greenwood_term,
        sum({{ greenwood_term() }}) {{ up_to_now(cell) }} as greenwood,
        cast(sum(n_exits) {{ up_to_now(cell) }} as bigint) as n_exits_so_far,
        cast(sum(n_censored) {{ up_to_now(cell) }} as bigint) as n_censored_so_far
    from at_risk
),

passed as (
    select
        *,
        lag(survival, 1, cast(1 as double)) over (partition by {{ cell | join(', ') }} order by months)
            as survival_before,
        n_at_risk >= {{ least_at_risk }}
        and {{ passes_a_multiple('n_exits_so_far', 'n_exits_so_far - n_exits', least_exits) }} as is_passing
    from survived
),

-- Where two multiples lie close together the exits between them are too few: the step waits for the next.
counted as (
    select
        *,
        n_exits_so_far - coalesce(
            max(case when is_passing then n_exits_so_far end) {{ up_to_the_one_before(cell) }}, 0
        ) as n_exits_since
    from passed
)

select
    {{ cell | join(',\n    ') }},
    months,
    n_entered,
    n_at_risk,
    n_exits,
    n_censored,
    survival,
    survival_before,
    greenwood_term,
    greenwood,
    {{ log_log_lower('survival', 'greenwood') }} as survival_lo,
    {{ log_log_upper('survival', 'greenwood') }} as survival_hi,
    n_exits_so_far,
    n_censored_so_far,
    is_passing and n_exits_since >= {{ least_exits }} as is_step
from counted

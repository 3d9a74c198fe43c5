{% set dimensions = ['gap_months', 'unit', 'cohort', 'exit_reason', 'months'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}) }}
{#- Work, study, a primary benefit and a pension are seen by no source that is delivered. -#}
{% set reasons = ['death', 'move', 'not_observed'] %}
{% set curve = ['gap_months', 'unit', 'cohort', 'exit_reason'] %}

with reasons as (
    {%- for reason in reasons %}
    select '{{ reason }}' as exit_reason
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

exits as (
    select
        gap_months,
        unit,
        cohort,
        exit_reason,
        months,
        count(*) as n_exits
    from {{ ref('fct_receipt_cohort') }}
    where is_exit
    group by gap_months, unit, cohort, exit_reason, months
),

by_reason as (
    select
        curves.gap_months,
        curves.unit,
        curves.cohort,
        curves.months,
        curves.n_at_risk,
        curves.survival_before,
        curves.greenwood_term,
        curves.is_step,
        reasons.exit_reason,
        coalesce(exits.n_exits, 0) as n_exits_of_reason
    from {{ ref('fct_receipt_curve') }} as curves
    cross join reasons
    left join exits
        on
            curves.gap_months = exits.gap_months
            and curves.unit = exits.unit
            and curves.cohort = exits.cohort
            and curves.months = exits.months
            and reasons.exit_reason = exits.exit_reason
    where curves.sex = 'all' and curves.age_group = 'all'
),

incidences as (
    select
        *,
        sum({{ incidence_step() }}) {{ up_to_now(curve) }} as incidence,
        cast(sum(n_exits_of_reason) {{ up_to_now(curve) }} as bigint) as n_exits_so_far
    from by_reason
),

with_variance as (
    select
        *,
        {{ incidence_variance(curve) }} as variance
    from incidences
),

-- Every curve has its beginning, also where nobody is in it.
beginnings as (
    select
        cohorts.gap_months,
        cohorts.unit,
        cohorts.cohort,
        reasons.exit_reason,
        cast(0 as bigint) as months,
        cast(0 as bigint) as n_at_risk,
        cast(0 as bigint) as n_exits,
        cast(null as double) as incidence,
        cast(null as double) as variance
    from {{ ref('dim_receipt_cohort') }} as cohorts
    cross join reasons
    where cohorts.sex = 'all' and cohorts.age_group = 'all'
),

steps as (
    select
        gap_months,
        unit,
        cohort,
        exit_reason,
        months,
        n_at_risk,
        n_exits_so_far
        - lag(n_exits_so_far, 1, 0) over (partition by {{ curve | join(', ') }} order by months) as n_exits,
        incidence,
        variance
    from with_variance
    where is_step
),

together as (
    select * from beginnings
    union all
    select * from steps
)

select
    '{{ dimensions | join(',') }}' as cut,
    cast(gap_months as string) as gap_months,
    unit,
    cohort,
    exit_reason,
    {{ months_text('months') }} as months,
    n_exits,
    incidence as cumulative_incidence_share,
    {{ log_log_lower('incidence', 'variance / (incidence * incidence)') }} as cumulative_incidence_share_lo,
    {{ log_log_upper('incidence', 'variance / (incidence * incidence)') }} as cumulative_incidence_share_hi,
    n_at_risk
from together

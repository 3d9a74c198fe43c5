{% set dimensions = ['gap_months', 'unit', 'cohort', 'sex', 'age_group', 'months'] %}
{% set cuts = [
    ['gap_months', 'unit', 'cohort', 'months'],
    ['gap_months', 'unit', 'cohort', 'sex', 'months'],
    ['gap_months', 'unit', 'cohort', 'age_group', 'months']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts, 'fixed': ['gap_months', 'unit', 'cohort', 'months']}) }}
{% set cell = ['gap_months', 'unit', 'cohort', 'sex', 'age_group'] %}

with entered as (
    select
        {{ cell | join(', ') }},
        cast(sum(n_entered) as bigint) as n_entered
    from {{ ref('fct_receipt_curve') }}
    group by {{ cell | join(', ') }}
),

-- Every group has its beginning, also where nobody is in it.
beginnings as (
    select
        cohorts.cut,
        cohorts.gap_months,
        cohorts.unit,
        cohorts.cohort,
        cohorts.sex,
        cohorts.age_group,
        cast(0 as bigint) as months,
        coalesce(entered.n_entered, 0) as n_at_risk,
        cast(0 as bigint) as n_exits,
        cast(0 as bigint) as n_censored,
        case when entered.n_entered > 0 then cast(1 as double) end as survival_share,
        cast(null as double) as survival_share_lo,
        cast(null as double) as survival_share_hi
    from {{ ref('dim_receipt_cohort') }} as cohorts
    left join entered
        on
            cohorts.gap_months = entered.gap_months
            and cohorts.unit = entered.unit
            and cohorts.cohort = entered.cohort
            and cohorts.sex = entered.sex
            and cohorts.age_group = entered.age_group
),

steps as (
    select
        cohorts.cut,
        curves.gap_months,
        curves.unit,
        curves.cohort,
        curves.sex,
        curves.age_group,
        curves.months,
        curves.n_at_risk,
        curves.n_exits_so_far
        - lag(curves.n_exits_so_far, 1, 0) over (
            partition by curves.gap_months, curves.unit, curves.cohort, curves.sex, curves.age_group
            order by curves.months
        ) as n_exits,
        curves.n_censored_so_far
        - lag(curves.n_censored_so_far, 1, 0) over (
            partition by curves.gap_months, curves.unit, curves.cohort, curves.sex, curves.age_group
            order by curves.months
        ) as n_censored,
        curves.survival as survival_share,
        curves.survival_lo as survival_share_lo,
        curves.survival_hi as survival_share_hi
    from {{ ref('fct_receipt_curve') }} as curves
    inner join {{ ref('dim_receipt_cohort') }} as cohorts
        on
            curves.gap_months = cohorts.gap_months
            and curves.unit = cohorts.unit
            and curves.cohort = cohorts.cohort
            and curves.sex = cohorts.sex
            and curves.age_group = cohorts.age_group
    where curves.is_step
),

together as (
    select * from beginnings
    union all
    select * from steps
)

select
    concat(cut, ',months') as cut,
    cast(gap_months as string) as gap_months,
    unit,
    cohort,
    sex,
    age_group,
    {{ months_text('months') }} as months,
    n_at_risk,
    n_exits,
    n_censored,
    survival_share,
    survival_share_lo,
    survival_share_hi
from together

{% set dimensions = [
    'pilot_group', 'municipality_code', 'county_code', 'sex', 'age_group', 'year', 'form_version', 'goal_code', 'aim'
] %}
{% set cuts = [
    ['year'],
    ['goal_code'],
    ['aim'],
    ['goal_code', 'aim'],
    ['year', 'aim'],
    ['form_version', 'aim'],
    ['sex', 'goal_code'],
    ['age_group'],
    ['municipality_code'],
    ['county_code', 'goal_code']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

-- Goals are set at the start; a review points to the goal of a start assessment. "Prevent worsening" that succeeded
-- is a success: the judgement counts, whatever the aim.
with goals as (
    select
        *,
        {{ year_of('assessment_date') }} as year
    from {{ ref('fct_avain_goal') }}
    where assessment_kind = 'ALKU'
),

-- First by client, since the goals of one client are not independent.
clients as (
    select
        {{ cut_columns(dimensions, cuts) }},
        person_key,
        count(*) as n_set,
        count(attainment_code) as n_reviewed,
        count(*) filter (where attainment_code = 'SAAVUTETTU') as n_attained,
        count(*) filter (where attainment_code = 'OSITTAIN') as n_partly,
        count(*) filter (where attainment_code = 'EI') as n_not_attained,
        count(*) filter (where attainment_code = 'EI_AJANKOHTAINEN') as n_not_current,
        count(*) filter (where attainment_code <> 'EI_AJANKOHTAINEN') as n_judged
    from goals
    group by {{ cut_sets(cuts, within=['person_key']) }}
),

counted as (
    select
        cut,
        {{ dimensions | join(', ') }},
        cast(sum(n_set) as bigint) as n_goals_set,
        cast(sum(n_reviewed) as bigint) as n_goals_reviewed,
        cast(sum(n_attained) as bigint) as n_attained,
        cast(sum(n_partly) as bigint) as n_partly,
        cast(sum(n_not_attained) as bigint) as n_not_attained,
        cast(sum(n_not_current) as bigint) as n_not_current,
        cast(sum(n_judged) as bigint) as n_judged,
        cast(sum(n_attained + n_partly) as bigint) as n_attained_or_partly,
        -- Bounds: every goal without a review missed, or every one attained; "not current" stays outside both.
        cast(sum(n_set - n_not_current) as bigint) as n_bounds_base,
        cast(sum(n_attained + n_set - n_reviewed) as bigint) as n_attained_at_best,
        count(*) as n_clients,
        count(*) filter (where n_reviewed > 0) as n_clients_reviewed,
        count(*) filter (where n_judged > 0) as n_clients_judged,
        count(*) filter (where n_attained > 0) as n_clients_attained,
        count(*) filter (where n_partly > 0) as n_clients_partly,
        count(*) filter (where n_not_attained > 0) as n_clients_not_attained,
        count(*) filter (where n_not_current > 0) as n_clients_not_current,
        cast(sum(n_attained * n_attained) as bigint) as sum_attained_squared,
        cast(sum(n_attained * n_judged) as bigint) as sum_attained_judged,
        cast(sum(n_judged * n_judged) as bigint) as sum_judged_squared
    from clients
    group by cut, {{ dimensions | join(', ') }}
),

with_design_effect as (
    select
        *,
        {{ design_effect(
            'n_attained', 'n_judged', 'sum_attained_squared', 'sum_attained_judged', 'sum_judged_squared',
            'n_clients_judged'
        ) }} as design_effect
    from counted
)

select
    cut,
    {{ dimensions | join(', ') }},
    n_goals_set,
    n_goals_reviewed,
    n_attained,
    n_partly,
    n_not_attained,
    n_not_current,
    {{ share('n_goals_reviewed', 'n_goals_set') }} as review_coverage_share,
    {{ share('n_attained', 'n_judged') }} as attained_share,
    {{ clustered_lower('n_attained', 'n_judged', 'design_effect') }} as attained_share_lo,
    {{ clustered_upper('n_attained', 'n_judged', 'design_effect') }} as attained_share_hi,
    {{ share('n_attained_or_partly', 'n_judged') }} as attained_or_partly_share,
    {{ share('n_attained', 'n_bounds_base') }} as attained_worst_share,
    {{ share('n_attained_at_best', 'n_bounds_base') }} as attained_best_share,
    n_judged,
    n_attained_or_partly,
    n_bounds_base,
    n_attained_at_best,
    n_clients,
    n_clients_reviewed,
    n_clients_judged,
    n_clients_attained,
    n_clients_partly,
    n_clients_not_attained,
    n_clients_not_current,
    design_effect
from with_design_effect

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

cells as (
    select
        {{ cut_columns(dimensions, cuts) }},
        person_key,
        attainment_code
    from goals
    group by {{ cut_sets(cuts, within=['person_key', 'assessment_id', 'goal_seq', 'attainment_code']) }}
),

attained as (
    {{ attainment_of_cells('cells', dimensions) }}
),

counted as (
    select
        *,
        n_clients_with_goals as n_clients,
        n_attained + n_partly as n_attained_or_partly,
        -- Bounds: every goal without a review missed, or every one attained; "not current" stays outside both.
        n_goals_set - n_not_current as n_bounds_base,
        n_attained + n_goals_set - n_goals_reviewed as n_attained_at_best,
        {{ attainment_design_effect() }} as design_effect
    from attained
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
from counted

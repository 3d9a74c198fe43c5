{% set dimensions = [
    'goal_scope', 'pilot_group', 'municipality_code', 'county_code', 'sex', 'age_group', 'year', 'form_version',
    'goal_code', 'aim'
] %}
{% set cuts = [
    ['goal_scope', 'year'],
    ['goal_scope', 'goal_code'],
    ['goal_scope', 'goal_code', 'aim'],
    ['goal_scope', 'pilot_group', 'goal_code'],
    ['goal_scope', 'sex', 'goal_code'],
    ['goal_scope', 'year', 'goal_code'],
    ['goal_scope', 'county_code', 'goal_code']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts, 'fixed': ['goal_scope']}) }}
{#- The denominator does not know the goal: clients with any goal of the scope. -#}
{% set of_goals = ['goal_code', 'aim'] %}
{% set shared = dimensions | reject('in', of_goals) | list %}

with goals as (
    select
        *,
        {{ year_of('assessment_date') }} as year
    from {{ ref('fct_avain_goal') }}
    where assessment_kind = 'ALKU'
),

scoped as (
    select
        *,
        'all' as goal_scope
    from goals
    union all
    select
        *,
        'main' as goal_scope
    from goals
    where is_main_goal
),

with_goal as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(distinct person_key) as n_clients_with_goal
    from scoped
    group by {{ cut_sets(cuts) }}
),

clients as (
    select
        {{ cut_columns(shared, cuts_without(cuts, of_goals)) }},
        count(distinct person_key) as n_clients
    from scoped
    group by {{ cut_sets(cuts_without(cuts, of_goals)) }}
)

select
    with_goal.cut,
    {%- for dimension in dimensions %}
    with_goal.{{ dimension }},
    {%- endfor %}
    clients.n_clients,
    -- Without a goal broken out it would be all of them, which says nothing.
    case when with_goal.goal_code <> 'all' then with_goal.n_clients_with_goal end as n_clients_with_goal,
    case when with_goal.goal_code <> 'all' then {{ share('with_goal.n_clients_with_goal', 'clients.n_clients') }} end
        as goal_share
from with_goal
inner join clients
    on
        with_goal.goal_scope = clients.goal_scope
        {%- for dimension in shared[1:] %}
        and with_goal.{{ dimension }} = clients.{{ dimension }}
        {%- endfor %}

{% set dimensions = ['municipality_code', 'year', 'method_group', 'method_code'] %}
{% set cuts = [
    ['year'],
    ['method_group'],
    ['method_code'],
    ['municipality_code', 'method_group'],
    ['year', 'method_code']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}
{#- The denominator does not know the method: clients of whom any method was assessed. -#}
{% set of_methods = ['method_group', 'method_code'] %}
{% set shown = "with_method.municipality_code = 'all'" %}
{% set shared = dimensions | reject('in', of_methods) | list %}

-- Methods that a start agreed on, and what was said of their use later. Empty is not assessed, never no.
with methods as (
    select
        *,
        coalesce({{ year_of('goal_date') }}, 'unknown') as year
    from {{ ref('fct_avain_method') }}
    where goal_assessment_kind = 'ALKU'
),

clients as (
    select
        {{ cut_columns(shared, cuts_without(cuts, of_methods)) }},
        count(distinct case when used is not null then person_key end) as n_clients
    from methods
    group by {{ cut_sets(cuts_without(cuts, of_methods)) }}
),

with_method as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(distinct case when used = 'K' then person_key end) as n_clients_with_method
    from methods
    group by {{ cut_sets(cuts) }}
),

-- Goals of the start whose methods were used; a goal counts once in a cell.
served as (
    select
        goals.person_key,
        goals.assessment_id,
        goals.goal_seq,
        goals.attainment_code,
        methods.municipality_code,
        methods.year,
        methods.method_group,
        methods.method_code
    from methods
    inner join {{ ref('fct_avain_goal') }} as goals on methods.goal_assessment_id = goals.assessment_id
    where methods.used = 'K'
),

cells as (
    select
        {{ cut_columns(dimensions, cuts) }},
        person_key,
        attainment_code
    from served
    group by {{ cut_sets(cuts, within=['person_key', 'assessment_id', 'goal_seq', 'attainment_code']) }}
),

attained as (
    {{ attainment_of_cells('cells', dimensions) }}
),

-- Attainment is not broken out by area: of so few clients it would be read as a ranking.
counted as (
    select
        with_method.*,
        case when {{ shown }} then coalesce(attained.n_goals_reviewed, 0) end as n_goals_reviewed,
        case when {{ shown }} then coalesce(attained.n_attained, 0) end as n_attained,
        case when {{ shown }} then coalesce(attained.n_judged, 0) end as n_judged,
        case when {{ shown }} then coalesce(attained.n_clients_reviewed, 0) end as n_clients_reviewed,
        case when {{ shown }} then coalesce(attained.n_clients_judged, 0) end as n_clients_judged,
        case when {{ shown }} then coalesce(attained.n_clients_attained, 0) end as n_clients_attained
    from with_method
    left join attained
        on
            with_method.cut = attained.cut
            {%- for dimension in dimensions %}
            and with_method.{{ dimension }} = attained.{{ dimension }}
            {%- endfor %}
)

select
    counted.cut,
    {%- for dimension in dimensions %}
    counted.{{ dimension }},
    {%- endfor %}
    clients.n_clients,
    counted.n_clients_with_method,
    {{ share('counted.n_clients_with_method', 'clients.n_clients') }} as method_share,
    counted.n_goals_reviewed,
    counted.n_attained,
    {{ share('counted.n_attained', 'counted.n_judged') }} as attained_share,
    counted.n_judged,
    counted.n_clients_reviewed,
    counted.n_clients_judged,
    counted.n_clients_attained
from counted
inner join clients
    on
        counted.municipality_code = clients.municipality_code
        {%- for dimension in shared[1:] %}
        and counted.{{ dimension }} = clients.{{ dimension }}
        {%- endfor %}

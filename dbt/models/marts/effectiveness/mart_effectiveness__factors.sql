{% set dimensions = ['municipality_code', 'year', 'factor_code', 'direction', 'assessment_kind'] %}
{% set cuts = [
    ['year'],
    ['factor_code', 'direction'],
    ['factor_code', 'direction', 'assessment_kind'],
    ['year', 'factor_code', 'direction']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}
{#- The denominator does not know the factor: clients with an assessment, of the kind where the row names one. -#}
{% set of_factors = ['factor_code', 'direction'] %}
{% set shared = dimensions | reject('in', of_factors) | list %}

with goals as (
    select
        *,
        {{ year_of('assessment_date') }} as year
    from {{ ref('fct_avain_goal') }}
    where assessment_kind = 'ALKU'
),

-- Start assessments that set goals, and those that look at these again.
looked as (
    select distinct
        goals.person_key,
        goals.municipality_code,
        goals.year,
        assessments.assessment_kind
    from goals
    inner join {{ ref('fct_avain_assessment') }} as assessments
        on
            goals.assessment_id
            = case
                when assessments.assessment_kind = 'ALKU' then assessments.assessment_id
                else assessments.previous_assessment_id
            end
),

clients as (
    select
        {{ cut_columns(shared, cuts_without(cuts, of_factors)) }},
        count(distinct person_key) as n_clients
    from looked
    group by {{ cut_sets(cuts_without(cuts, of_factors)) }}
),

marked as (
    select
        goals.assessment_id,
        goals.goal_seq,
        goals.person_key,
        goals.attainment_code,
        goals.municipality_code,
        goals.year,
        factors.factor_code,
        factors.direction,
        factors.assessment_kind
    from {{ ref('fct_avain_factor') }} as factors
    inner join goals on factors.goal_assessment_id = goals.assessment_id and factors.goal_seq = goals.goal_seq
),

-- A goal counts once in a cell, however often its factor was marked.
cells as (
    select
        {{ cut_columns(dimensions, cuts) }},
        person_key,
        attainment_code
    from marked
    group by {{ cut_sets(cuts, within=['person_key', 'assessment_id', 'goal_seq', 'attainment_code']) }}
),

attained as (
    {{ attainment_of_cells('cells', dimensions) }}
),

counted as (
    select
        *,
        {{ attainment_design_effect() }} as design_effect
    from attained
)

select
    counted.cut,
    {%- for dimension in dimensions %}
    counted.{{ dimension }},
    {%- endfor %}
    clients.n_clients,
    counted.n_clients_with_goals as n_clients_with_factor,
    {{ share('counted.n_clients_with_goals', 'clients.n_clients') }} as factor_share,
    counted.n_goals_reviewed,
    counted.n_attained,
    {{ share('counted.n_attained', 'counted.n_judged') }} as attained_share,
    {{ clustered_lower('counted.n_attained', 'counted.n_judged', 'counted.design_effect') }} as attained_share_lo,
    {{ clustered_upper('counted.n_attained', 'counted.n_judged', 'counted.design_effect') }} as attained_share_hi,
    counted.n_judged,
    counted.n_clients_reviewed,
    counted.n_clients_judged,
    counted.n_clients_attained,
    counted.design_effect
from counted
inner join clients
    on
        counted.municipality_code = clients.municipality_code
        {%- for dimension in shared[1:] %}
        and counted.{{ dimension }} = clients.{{ dimension }}
        {%- endfor %}

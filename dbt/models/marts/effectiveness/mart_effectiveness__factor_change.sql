{% set dimensions = ['factor_code', 'from_state', 'to_state'] %}
{% set cuts = [['factor_code'], ['factor_code', 'from_state', 'to_state']] %}
{% set states = ['none', 'supports', 'hinders', 'both'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

-- Goals that were looked at twice: set at a start, and judged in a later assessment.
with goals as (
    select
        assessment_id,
        goal_seq,
        review_assessment_id
    from {{ ref('fct_avain_goal') }}
    where assessment_kind = 'ALKU' and attainment_code <> 'unknown' and review_assessment_id is not null
),

-- Both looks at a client's factor, over the goals of one start.
marked as (
    select
        factors.person_key,
        factors.factor_code,
        bool_or(factors.assessment_id = goals.assessment_id and factors.direction = '1') as supported,
        bool_or(factors.assessment_id = goals.assessment_id and factors.direction = '2') as hindered,
        bool_or(factors.assessment_id = goals.review_assessment_id and factors.direction = '1') as supports,
        bool_or(factors.assessment_id = goals.review_assessment_id and factors.direction = '2') as hinders
    from {{ ref('fct_avain_factor') }} as factors
    inner join goals on factors.goal_assessment_id = goals.assessment_id and factors.goal_seq = goals.goal_seq
    where factors.assessment_id in (goals.assessment_id, goals.review_assessment_id)
    group by factors.person_key, factors.goal_assessment_id, factors.factor_code
),

-- Every cell stands, so that a change that nobody made is 0 and not missing.
factor_codes as (
    select code as factor_code
    from {{ ref('dim_code') }}
    where code_set = 'factor_code' and lang = 'fi'
),

changes as (
    select
        person_key,
        factor_code,
        {{ factor_state('supported', 'hindered') }} as from_state,
        {{ factor_state('supports', 'hinders') }} as to_state
    from marked
    {%- for before in states %}
    {%- for after in states if not before == after == 'none' %}
    union all
    select
        cast(null as bigint) as person_key,
        factor_code,
        '{{ before }}' as from_state,
        '{{ after }}' as to_state
    from factor_codes
    {%- endfor %}
    {%- endfor %}
)

select
    {{ cut_columns(dimensions, cuts) }},
    count(distinct person_key) as n_clients
from changes
group by {{ cut_sets(cuts) }}

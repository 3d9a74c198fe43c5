{% set dimensions = ['figure_id', 'document', 'place', 'measure'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}) }}
{% set compared = [
    'figure_id', 'document', 'place', 'measure', 'value', 'unit', 'computed', 'tolerance', 'note', 'measure_key', 'dims'
] %}

-- Printed once, by persons, and published every month, by Kela.
with figures as (
    select
        {{ compared | join(', ') }},
        value_text,
        precision,
        legible,
        comparable,
        survey_code,
        wave
    from {{ ref('fct_published_figure') }}
    union all
    select
        {{ compared | join(', ') }},
        cast(null as string) as value_text,
        'EXACT' as precision,
        true as legible,
        true as comparable,
        cast(null as string) as survey_code,
        cast(null as string) as wave
    from {{ ref('fct_open_figure') }}
)

select
    '{{ dimensions | join(',') }}' as cut,
    figure_id,
    document,
    place,
    measure,
    value,
    value_text,
    unit,
    precision,
    computed,
    tolerance,
    case
        when not legible then 'not_comparable'
        when computed is null then 'no_data'
        when not comparable or value is null then 'not_comparable'
        when precision = 'LOWER_BOUND' and computed >= value - coalesce(tolerance, 0) then 'agrees'
        when precision = 'UPPER_BOUND' and computed <= value + coalesce(tolerance, 0) then 'agrees'
        when precision in ('LOWER_BOUND', 'UPPER_BOUND') then 'differs'
        -- 1e-9: a tolerance of 0.05 must hold for a difference of 0.05 in doubles.
        when abs(computed - value) <= coalesce(tolerance, 0) + 1e-9 then 'agrees'
        else 'differs'
    end as outcome,
    note,
    measure_key,
    survey_code,
    wave,
    dims
from figures

{% set dimensions = ['area_code', 'source_stage', 'phase', 'theme_code', 'swot', 'organisation'] %}
{% set cuts = [
    ['phase', 'swot'],
    ['phase', 'theme_code', 'swot'],
    ['source_stage', 'swot'],
    ['phase', 'swot', 'organisation'],
    ['area_code', 'swot']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

with said_once as (
    select *
    from {{ ref('fct_swot_row') }}
    where not is_duplicate
)

select
    {{ cut_columns(dimensions, cuts) }},
    count(*) as n_rows,
    count(*) filter (where analysis_status = 'LUOKITELTU') as n_classified
from said_once
group by {{ cut_sets(cuts) }}

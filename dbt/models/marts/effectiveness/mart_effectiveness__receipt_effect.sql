{% set dimensions = ['outcome', 'population', 'estimator', 'exposure', 'event_quarter'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions], 'fixed': dimensions}, tags=['after_build']) }}

select
    '{{ dimensions | join(',') }}' as cut,
    outcome,
    population,
    estimator,
    exposure,
    event_quarter,
    estimate,
    estimate_lo,
    estimate_hi,
    p_randomisation,
    n_treated,
    n_comparison,
    minimum_detectable,
    largest_visible_share,
    could_be_found
from {{ ref('fct_effect_estimate') }}

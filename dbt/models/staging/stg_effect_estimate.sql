{{ config(tags=['after_build']) }}

select
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
from {{ source('registry', 'effect_estimate') }}

{{ config(tags=['after_build']) }}

select
    gap_months,
    unit,
    contrast,
    rmst12_difference_months,
    rmst12_difference_months_lo,
    rmst12_difference_months_hi,
    logrank_p,
    n_spells_a,
    n_spells_b
from {{ source('registry', 'difference_estimate') }}

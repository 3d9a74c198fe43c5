{% set dimensions = ['gap_months', 'unit', 'contrast'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}, tags=['after_build']) }}

select
    '{{ dimensions | join(',') }}' as cut,
    cast(gap_months as string) as gap_months,
    unit,
    contrast,
    rmst12_difference_months,
    rmst12_difference_months_lo,
    rmst12_difference_months_hi,
    logrank_p,
    n_spells_a,
    n_spells_b
from {{ ref('fct_receipt_difference') }}

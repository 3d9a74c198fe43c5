{% set dimensions = ['source', 'extract', 'delivery_id', 'file'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}) }}

select
    '{{ dimensions | join(',') }}' as cut,
    source,
    extract,
    delivery_id,
    file,
    period_from,
    period_to,
    n_delivered,
    n_loaded,
    n_quarantined,
    accepted,
    reason,
    received_at
from {{ ref('fct_delivery') }}

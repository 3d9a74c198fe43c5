select
    coalesce(source, 'unknown') as source,
    coalesce(extract, 'unknown') as extract,
    delivery_id,
    coalesce(file, 'unknown') as file,
    nature,
    created_at,
    period_from,
    period_to,
    whole_table,
    n_delivered,
    n_loaded,
    n_quarantined,
    n_forgotten,
    accepted,
    reason,
    received_at
from {{ source('registry', 'ledger') }}
where part_of is null

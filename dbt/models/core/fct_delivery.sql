select
    source,
    extract,
    delivery_id,
    file,
    nature,
    created_at,
    period_from,
    period_to,
    n_delivered,
    n_loaded,
    n_quarantined,
    accepted,
    reason,
    received_at
from {{ ref('stg_ledger') }}

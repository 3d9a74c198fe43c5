select
    extract,
    delivery_id,
    file,
    created_at,
    month
from {{ source('registry', 'ledger_month') }}

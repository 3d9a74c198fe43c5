select
    extract,
    max(month) as newest_month
from {{ ref('stg_ledger_month') }}
group by extract

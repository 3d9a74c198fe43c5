select
    date,
    kind,
    name_fi
from {{ ref('stg_ref_holiday') }}

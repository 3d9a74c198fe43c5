select
    workshop_id,
    area_type,
    area_code,
    date,
    n_invited
from {{ ref('stg_swot_workshop') }}

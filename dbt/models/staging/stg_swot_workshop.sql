with newest as (
    {{ newest('swot_workshop') }}
)

select
    workshop_id,
    area_type,
    area_code,
    date,
    n_invited
from newest

with newest as (
    {{ newest('sotkanet_region') }}
)

select
    region_id,
    region_code,
    category,
    name_fi
from newest

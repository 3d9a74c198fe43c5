with newest as (
    {{ newest('sotkanet_value') }}
)

select
    indicator_id,
    region_id,
    gender,
    year,
    primary_value,
    absolute_value
from newest

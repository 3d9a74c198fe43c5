with newest as (
    {{ newest('ref_area_link') }}
)

select
    municipality_code,
    area_type,
    area_code,
    valid_from,
    valid_to
from newest

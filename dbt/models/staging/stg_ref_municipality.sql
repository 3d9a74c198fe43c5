with newest as (
    {{ newest('ref_municipality') }}
)

select
    municipality_code,
    name_fi,
    name_sv,
    region_code,
    valid_from,
    valid_to,
    successor_code
from newest

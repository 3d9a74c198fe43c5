select
    municipality_code,
    name_fi,
    name_sv,
    region_code,
    region_name_fi,
    county_code,
    kela_district_code,
    urbanity_code,
    valid_from,
    valid_to,
    successor_code
from {{ ref('municipality') }}

select
    municipality_code,
    name_fi,
    name_sv,
    county_code,
    region_code,
    urbanity_code,
    valid_from,
    valid_to,
    successor_code,
    today_code
from {{ ref('dim_municipality') }}

select
    links.municipality_code,
    areas.today_code,
    links.area_type,
    links.area_code,
    links.valid_from,
    links.valid_to
from {{ ref('stg_ref_area_link') }} as links
inner join {{ ref('dim_municipality') }} as areas on links.municipality_code = areas.municipality_code

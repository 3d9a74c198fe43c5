select areas.municipality_code
from {{ ref('dim_municipality') }} as areas
inner join {{ ref('dim_municipality') }} as today on areas.today_code = today.municipality_code
where today.successor_code is not null or today.today_code <> today.municipality_code

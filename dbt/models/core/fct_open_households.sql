select
    published.time_type,
    {{ month_of('published.month') }} as month,
    {{ year_of('published.month') }} as year,
    published.municipality_code as reported_municipality_code,
    areas.today_code as municipality_code,
    areas.county_code,
    case published.household_type when 'Tuntematon' then 'unknown' else published.household_type end as household_type,
    published.has_adult_under_25,
    (areas.is_mask or published.household_type = 'Tuntematon') as is_masked,
    published.n_households
from {{ ref('stg_kela_open_households') }} as published
inner join {{ ref('dim_municipality') }} as areas on published.municipality_code = areas.municipality_code

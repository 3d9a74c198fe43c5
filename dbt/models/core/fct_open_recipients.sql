select
    published.time_type,
    {{ month_of('published.month') }} as month,
    {{ year_of('published.month') }} as year,
    published.municipality_code as reported_municipality_code,
    areas.today_code as municipality_code,
    areas.county_code,
    case published.age_group when 'Tieto puuttuu' then 'unknown' else published.age_group end as age_group,
    case published.sex when 'Mies' then '1' when 'Nainen' then '2' else '9' end as sex,
    (areas.is_mask or published.age_group = 'Tieto puuttuu' or published.sex = 'Tuntematon') as is_masked,
    published.n_recipients
from {{ ref('stg_kela_open_recipients') }} as published
inner join {{ ref('dim_municipality') }} as areas on published.municipality_code = areas.municipality_code

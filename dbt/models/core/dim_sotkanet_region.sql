-- Codes of municipalities come without their zeros; of counties the number decides, for the code changed in 2023.
with regions as (
    select
        region_id,
        category,
        name_fi,
        region_code,
        case when category = 'KUNTA' then lpad(region_code, 3, '0') end as reported_municipality_code
    from {{ ref('stg_sotkanet_region') }}
)

select
    regions.region_id,
    regions.category,
    regions.name_fi,
    regions.region_code,
    regions.reported_municipality_code,
    municipalities.today_code as municipality_code,
    coalesce(counties.county_code, municipalities.county_code) as county_code,
    coalesce(counties.is_current, true) as is_current
from regions
left join {{ ref('dim_municipality') }} as municipalities
    on regions.reported_municipality_code = municipalities.municipality_code
left join {{ ref('sotkanet_county') }} as counties
    on regions.region_id = counties.region_id and regions.category = 'HYVINVOINTIALUE'

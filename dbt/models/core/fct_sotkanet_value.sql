select
    facts.indicator_id,
    facts.region_id,
    regions.category,
    regions.municipality_code,
    regions.county_code,
    regions.is_current as is_current_region,
    case facts.gender when 'male' then '1' when 'female' then '2' else 'all' end as sex,
    cast(facts.year as string) as year,
    facts.primary_value,
    facts.absolute_value
from {{ ref('int_sotkanet__value') }} as facts
inner join {{ ref('dim_sotkanet_region') }} as regions on facts.region_id = regions.region_id

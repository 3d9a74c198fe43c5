-- Values of regions that are known; the others are counted in int_quality__orphan.
select facts.*
from {{ ref('stg_sotkanet_value') }} as facts
inner join {{ ref('stg_sotkanet_region') }} as regions on facts.region_id = regions.region_id

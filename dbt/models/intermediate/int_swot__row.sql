-- Lines of delivered workshops.
select lines.*
from {{ ref('stg_swot_row') }} as lines
where exists (
    select 1
    from {{ ref('stg_swot_workshop') }} as workshops
    where workshops.workshop_id = lines.workshop_id
)

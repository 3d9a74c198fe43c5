-- Titles of delivered obstacles.
select titles.*
from {{ ref('stg_obstacle_title') }} as titles
where exists (
    select 1
    from {{ ref('stg_obstacle') }} as obstacles
    where obstacles.obstacle_id = titles.obstacle_id
)

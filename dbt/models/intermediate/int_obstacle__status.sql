-- Statuses of delivered obstacles.
select statuses.*
from {{ ref('stg_obstacle_status') }} as statuses
where exists (
    select 1
    from {{ ref('stg_obstacle') }} as obstacles
    where obstacles.obstacle_id = statuses.obstacle_id
)

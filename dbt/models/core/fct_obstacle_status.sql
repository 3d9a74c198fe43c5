select
    obstacle_id,
    seq,
    status,
    date,
    resolver
from {{ ref('int_obstacle__status') }}

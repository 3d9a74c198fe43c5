with newest as (
    {{ newest('obstacle_status') }}
)

select
    obstacle_id,
    seq,
    status,
    date,
    resolver
from newest

with newest as (
    {{ newest('etotu_event', 'event_ts') }}
)

select
    notification_id,
    seq,
    event_ts,
    event_type,
    worker_role
from newest

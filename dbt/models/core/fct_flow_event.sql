select
    events.notification_id,
    events.seq,
    events.event_ts,
    events.event_type,
    events.worker_role,
    events.stage_no,
    {{ days_between('notifications.sent_ts', 'events.event_ts') }} as days_since_sent
from {{ ref('int_etotu__event') }} as events
inner join {{ ref('stg_etotu_notification') }} as notifications
    on events.notification_id = notifications.notification_id

-- Events of delivered notifications, with the stage of the process that each gives evidence of (0 = none).
select
    events.*,
    {{ stage_of('events.event_type') }} as stage_no
from {{ ref('stg_etotu_event') }} as events
where exists (
    select 1
    from {{ ref('stg_etotu_notification') }} as notifications
    where notifications.notification_id = events.notification_id
)

-- Notices by the case that they belong to. A case begins with a notice that continues no delivered one, and takes along
-- whatever continues it, however often it was transferred. Notices that continue each other in a ring stay apart.
with recursive followed (notification_id, case_id, notice_no) as (
    select
        beginnings.notification_id,
        beginnings.notification_id as case_id,
        1 as notice_no
    from {{ ref('stg_etotu_notification') }} as beginnings
    left join {{ ref('stg_etotu_notification') }} as predecessors
        on beginnings.transferred_from = predecessors.notification_id
    where predecessors.notification_id is null
    union all
    select
        continuations.notification_id,
        followed.case_id,
        followed.notice_no + 1 as notice_no
    from followed
    inner join {{ ref('stg_etotu_notification') }} as continuations
        on followed.notification_id = continuations.transferred_from
),

placed as (
    select
        notifications.notification_id,
        coalesce(followed.case_id, notifications.notification_id) as case_id,
        coalesce(followed.notice_no, 1) as notice_no
    from {{ ref('stg_etotu_notification') }} as notifications
    left join followed on notifications.notification_id = followed.notification_id
)

select
    placed.notification_id,
    placed.case_id,
    placed.notice_no,
    beginnings.notification_type as case_notification_type,
    beginnings.sent_ts as case_sent_ts
from placed
inner join {{ ref('stg_etotu_notification') }} as beginnings on placed.case_id = beginnings.notification_id

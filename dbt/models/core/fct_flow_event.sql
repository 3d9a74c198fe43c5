-- Events of a case follow each other by time; within a minute by the order of the notices, then by their number.
select
    events.notification_id,
    events.seq,
    cases.case_id,
    cases.case_notification_type,
    cases.case_sent_ts,
    notifications.person_key,
    events.event_ts,
    events.event_type,
    events.worker_role,
    events.stage_no,
    row_number() over (
        partition by cases.case_id
        order by
            date_trunc('minute', events.event_ts),
            cases.notice_no,
            events.seq,
            events.event_type,
            events.notification_id
    ) as event_no,
    {{ receiving_municipality('notifications', 'persons', 'areas') }} as municipality_code,
    {{ receiving_county('notifications', 'persons', 'areas') }} as county_code,
    {{ days_between('notifications.sent_ts', 'events.event_ts') }} as days_since_sent
from {{ ref('int_etotu__event') }} as events
inner join {{ ref('stg_etotu_notification') }} as notifications
    on events.notification_id = notifications.notification_id
inner join {{ ref('int_etotu__case') }} as cases on events.notification_id = cases.notification_id
inner join {{ ref('dim_person') }} as persons on notifications.person_key = persons.person_key
left join {{ ref('dim_municipality') }} as areas
    on notifications.area_type = 'KUNTA' and notifications.area_code = areas.municipality_code

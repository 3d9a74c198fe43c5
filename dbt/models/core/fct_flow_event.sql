-- Events of a case follow each other by time; within a minute by the order of the notices, then by their number.
with events as (
    select
        log.notification_id,
        log.seq,
        cases.case_id,
        cases.case_notification_type,
        cases.case_sent_ts,
        notifications.person_key,
        log.event_ts,
        log.event_type,
        log.worker_role,
        log.stage_no,
        row_number() over (
            partition by cases.case_id
            order by
                date_trunc('minute', log.event_ts),
                cases.notice_no,
                log.seq,
                log.event_type,
                log.notification_id
        ) as event_no,
        {{ receiving_municipality('notifications', 'persons', 'areas') }} as municipality_code,
        {{ receiving_county('notifications', 'persons', 'areas') }} as county_code,
        {{ days_between('notifications.sent_ts', 'log.event_ts') }} as days_since_sent
    from {{ ref('int_etotu__event') }} as log
    inner join {{ ref('stg_etotu_notification') }} as notifications
        on log.notification_id = notifications.notification_id
    inner join {{ ref('int_etotu__case') }} as cases on log.notification_id = cases.notification_id
    inner join {{ ref('dim_person') }} as persons on notifications.person_key = persons.person_key
    left join {{ ref('dim_municipality') }} as areas
        on notifications.area_type = 'KUNTA' and notifications.area_code = areas.municipality_code
),

-- How far a case had come before an event tells whether it leaves the order of the process. Before the first event
-- stands the sending.
placed as (
    select
        *,
        coalesce(max(stage_no) over (
            partition by case_id order by event_no rows between unbounded preceding and 1 preceding
        ), 0) as stage_before,
        coalesce(lag(event_type) over (partition by case_id order by event_no), 'ILMOITUS_LAHETETTY')
            as previous_event_type,
        coalesce(lag(event_ts) over (partition by case_id order by event_no), case_sent_ts) as previous_event_ts
    from events
)

select
    *,
    {{ deviation('stage_before', 'stage_no') }} as deviation
from placed

with events_in_order as (
    select
        *,
        row_number() over (partition by notification_id order by event_ts desc, seq desc) as newest_first
    from {{ ref('fct_flow_event') }}
),

-- A stage is reached by whoever reached it or any later one: its time is the first evidence of either.
stages as (
    select
        notification_id,
        min(event_ts) as received_at,
        min(event_ts) filter (where stage_no >= 2) as contact_tried_at,
        min(event_ts) filter (where stage_no >= 3) as reached_at,
        min(event_ts) filter (where stage_no >= 4) as booked_at,
        min(event_ts) filter (where event_type = 'EI_SAAPUNUT') as no_show_at,
        min(event_ts) filter (where stage_no >= 5) as met_at,
        min(event_ts) filter (where stage_no >= 6) as assessment_started_at,
        min(event_ts) filter (where stage_no >= 7) as assessment_done_at,
        min(event_ts) filter (where stage_no >= 8) as plan_at,
        min(event_ts) filter (where event_type = 'SIIRRETTY') as transferred_at,
        min(event_ts) filter (where event_type = 'PAATETTY') as closed_at,
        max(event_type) filter (where newest_first = 1) as last_event_type,
        bool_or(event_type <> 'VASTAANOTETTU' and days_since_sent <= 60) as is_acted_on_60d
    from events_in_order
    group by notification_id
),

-- A notice that continues another after a transfer is the same need, not a repeat.
notifications as (
    select
        *,
        lag(sent_ts) over (
            partition by person_key, notification_type order by sent_ts, notification_id
        ) as previous_sent_ts
    from {{ ref('stg_etotu_notification') }}
)

select
    notifications.notification_id,
    notifications.person_key,
    notifications.notification_type,
    notifications.urgency,
    notifications.batch_type,
    notifications.sent_ts,
    notifications.criteria_met_date,
    persons.sex,
    stages.received_at,
    stages.contact_tried_at,
    stages.reached_at,
    stages.booked_at,
    stages.no_show_at,
    stages.met_at,
    stages.assessment_started_at,
    stages.assessment_done_at,
    stages.plan_at,
    stages.transferred_at,
    stages.closed_at,
    coalesce(stages.last_event_type, 'unknown') as last_event_type,
    {{ age_in_year('notifications.sent_ts', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('notifications.sent_ts', 'persons.birth_year')) }} as age_group,
    {{ receiving_municipality('notifications', 'persons', 'areas') }} as municipality_code,
    {{ receiving_county('notifications', 'persons', 'areas') }} as county_code,
    {{ days_between('notifications.criteria_met_date', 'notifications.sent_ts') }} as days_criteria_to_sent,
    {{ days_between('notifications.sent_ts', 'stages.contact_tried_at') }} as days_to_contact,
    {{ days_between('notifications.sent_ts', 'stages.met_at') }} as days_to_meeting,
    coalesce(
        notifications.transferred_from is null
        and {{ days_between('notifications.previous_sent_ts', 'notifications.sent_ts') }} <= 90,
        false
    ) as is_repeat_90d,
    {{ days_between('notifications.sent_ts', 'horizon.as_of') }} < 60 as is_open,
    {{ days_between('notifications.sent_ts', 'horizon.as_of') }} >= 60
    and not coalesce(stages.is_acted_on_60d, false) as is_not_acted_on,
    {{ days_between('notifications.sent_ts', 'horizon.as_of') }} < 90 as is_provisional
from notifications
cross join {{ ref('int_registry__as_of') }} as horizon
inner join {{ ref('dim_person') }} as persons on notifications.person_key = persons.person_key
left join stages on notifications.notification_id = stages.notification_id
left join {{ ref('dim_municipality') }} as areas
    on notifications.area_type = 'KUNTA' and notifications.area_code = areas.municipality_code

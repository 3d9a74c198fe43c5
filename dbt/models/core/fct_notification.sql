{% set is_repeat -%}
    notifications.transferred_from is null
    and {{ days_between('notifications.previous_sent_ts', 'notifications.sent_ts') }} <= 90
{%- endset %}

-- A stage is reached by whoever reached it or any later one: its time is the first evidence of either.
with stages as (
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
        min(event_ts) filter (where event_type = 'PAATOS') as decided_at,
        min(event_ts) filter (where event_type = 'PAATETTY') as closed_at,
        max_by(event_type, event_no) as last_event_type,
        count(*) filter (where event_type <> 'VASTAANOTETTU') as n_acts,
        count(*) filter (where deviation = 'skipped') as n_skipped_steps,
        count(*) filter (where deviation = 'reversed') as n_reversed_steps,
        bool_or(event_type <> 'VASTAANOTETTU' and days_since_sent <= 60) as is_acted_on_60d
    from {{ ref('fct_flow_event') }}
    group by notification_id
),

-- A notice that continues another after a transfer is the same need, not a repeat.
notifications as (
    select
        *,
        lag(sent_ts) over (
            partition by person_key, notification_type order by sent_ts, notification_id
        ) as previous_sent_ts,
        lag(notification_id) over (
            partition by person_key, notification_type order by sent_ts, notification_id
        ) as previous_notification_id
    from {{ ref('stg_etotu_notification') }}
)

select
    notifications.notification_id,
    notifications.person_key,
    notifications.notification_type,
    notifications.urgency,
    notifications.batch_type,
    notifications.sent_ts,
    notifications.visible_date,
    notifications.criteria_met_date,
    cases.case_id,
    cases.notice_no,
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
    coalesce(stages.n_skipped_steps, 0) as n_skipped_steps,
    coalesce(stages.n_reversed_steps, 0) as n_reversed_steps,
    {{ age_in_year('notifications.sent_ts', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('notifications.sent_ts', 'persons.birth_year')) }} as age_group,
    {{ receiving_municipality('notifications', 'persons', 'areas') }} as municipality_code,
    {{ receiving_county('notifications', 'persons', 'areas') }} as county_code,
    {{ days_between('notifications.criteria_met_date', 'notifications.sent_ts') }} as days_criteria_to_sent,
    {{ days_between('notifications.sent_ts', 'stages.contact_tried_at') }} as days_to_contact,
    {{ days_between('notifications.sent_ts', 'stages.met_at') }} as days_to_meeting,
    case when {{ is_repeat }} then notifications.previous_notification_id end as repeats_notification_id,
    coalesce({{ is_repeat }}, false) as is_repeat_90d,
    {{ days_between('notifications.sent_ts', 'horizon.as_of') }} < 60 as is_open,
    {{ days_between('notifications.sent_ts', 'horizon.as_of') }} >= 60
    and not coalesce(stages.is_acted_on_60d, false) as is_not_acted_on,
    {{ days_between('notifications.sent_ts', 'horizon.as_of') }} < 90 as is_provisional,
    case
        when stages.transferred_at is not null then 'transferred'
        when stages.plan_at is not null then 'plan'
        when stages.assessment_done_at is not null then 'assessment_done'
        when stages.assessment_started_at is not null then 'assessment_started'
        when stages.met_at is not null then 'met'
        when stages.no_show_at is not null then 'no_show'
        when stages.booked_at is not null then 'booked'
        when stages.reached_at is not null then 'reached'
        when stages.decided_at is not null then 'decided'
        when stages.contact_tried_at is not null then 'contact_tried'
        when stages.n_acts > 0 then 'closed'
        when {{ days_between('notifications.sent_ts', 'horizon.as_of') }} >= 60 then 'not_acted_on'
        else 'waiting'
    end as last_state
from notifications
cross join {{ ref('int_etotu__as_of') }} as horizon
inner join {{ ref('int_etotu__case') }} as cases on notifications.notification_id = cases.notification_id
inner join {{ ref('dim_person') }} as persons on notifications.person_key = persons.person_key
left join stages on notifications.notification_id = stages.notification_id
left join {{ ref('dim_municipality') }} as areas
    on notifications.area_type = 'KUNTA' and notifications.area_code = areas.municipality_code

{% set dimensions = [
    'batch_type', 'municipality_code', 'county_code', 'notification_type', 'urgency', 'sex', 'age_group', 'month', 'year'
] %}
{% set cuts = [
    ['year'],
    ['month'],
    ['batch_type', 'year'],
    ['notification_type'],
    ['notification_type', 'month'],
    ['notification_type', 'urgency', 'year'],
    ['county_code', 'month'],
    ['county_code', 'year'],
    ['county_code', 'notification_type', 'year'],
    ['municipality_code', 'year'],
    ['notification_type', 'age_group', 'year'],
    ['sex', 'age_group', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

with notifications as (
    select
        *,
        {{ month_of('sent_ts') }} as month,
        {{ year_of('sent_ts') }} as year
    from {{ ref('fct_notification') }}
),

counted as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(*) as n_notifications,
        count(distinct person_key) as n_persons,
        count(received_at) as n_received,
        count(contact_tried_at) as n_contact_tried,
        count(reached_at) as n_reached,
        count(booked_at) as n_booked,
        count(met_at) as n_met,
        count(no_show_at) as n_no_show,
        count(assessment_started_at) as n_assessment_started,
        count(assessment_done_at) as n_assessment_done,
        count(plan_at) as n_plan,
        count(transferred_at) as n_transferred,
        count(*) filter (where is_repeat_90d) as n_repeat_90d,
        count(*) filter (where is_open) as n_open,
        count(*) filter (where is_not_acted_on) as n_not_acted_on,
        count(*) filter (where days_to_meeting <= 30) as n_met_30d,
        count(*) filter (where days_to_meeting <= 90) as n_met_90d,
        count(days_criteria_to_sent) as n_criteria_dated,
        cast(median(days_criteria_to_sent) as double) as median_days_criteria_to_sent,
        cast(median(days_to_contact) as double) as median_days_to_contact,
        cast(median(days_to_meeting) as double) as median_days_to_meeting,
        bool_or(is_provisional) as provisional
    from notifications
    group by {{ cut_sets(cuts) }}
),

-- The share of a type is over all types of the same month, area or group; without types broken out there is none.
with_all_types as (
    select
        *,
        case
            when notification_type <> 'all' then cast(sum(n_notifications) over (
                partition by cut, batch_type, municipality_code, county_code, urgency, sex, age_group, month, year
            ) as bigint)
        end as n_all_types
    from counted
)

select
    *,
    {{ share('n_notifications', 'n_all_types') }} as type_share,
    {{ share('n_met', 'n_notifications') }} as met_share,
    {{ share('n_met_30d', 'n_notifications') }} as met_30d_share,
    {{ share('n_met_90d', 'n_notifications') }} as met_90d_share,
    {{ share('n_no_show', 'n_booked') }} as no_show_share
from with_all_types

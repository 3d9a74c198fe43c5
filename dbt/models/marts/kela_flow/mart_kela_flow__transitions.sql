{% set dimensions = ['notification_type', 'from_event', 'to_event', 'year'] %}
{% set cuts = [
    ['year'],
    ['from_event', 'to_event'],
    ['notification_type', 'from_event', 'to_event'],
    ['from_event', 'to_event', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

-- Each event with the one before it in its case; before the first stands the sending.
with followed as (
    select
        person_key,
        case_notification_type as notification_type,
        event_type as to_event,
        event_ts as to_ts,
        coalesce(lag(event_type) over (partition by case_id order by event_no), 'ILMOITUS_LAHETETTY') as from_event,
        coalesce(lag(event_ts) over (partition by case_id order by event_no), case_sent_ts) as from_ts
    from {{ ref('fct_flow_event') }}
),

transitions as (
    select
        person_key,
        notification_type,
        from_event,
        to_event,
        {{ year_of('from_ts') }} as year,
        {{ days_between('from_ts', 'to_ts') }} as days
    from followed
),

-- Between whole days a tenth lies on a tenth of a day: rounding takes nothing away but the noise of doubles.
counted as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(*) as n_transitions,
        cast(median(days) as double) as median_days,
        round(cast({{ quantile('days', 0.9) }} as double), 1) as p90_days,
        count(distinct person_key) as n_persons
    from transitions
    group by {{ cut_sets(cuts) }}
),

staged as (
    select
        *,
        {{ stage_of('from_event') }} as from_stage,
        {{ stage_of('to_event') }} as to_stage
    from counted
)

-- After a decision, a transfer or a closure no stage comes next, so that nothing deviates from it.
select
    cut,
    {{ dimensions | join(', ') }},
    case
        when from_event = 'all' or to_event = 'all' then 'all'
        when from_stage = 0 and from_event <> 'ILMOITUS_LAHETETTY' then 'none'
        else {{ deviation('from_stage', 'to_stage') }}
    end as deviation,
    n_transitions,
    median_days,
    p90_days,
    n_persons
from staged

{% set dimensions = ['notification_type', 'from_event', 'to_event', 'year'] %}
{% set cuts = [
    ['year'],
    ['from_event', 'to_event'],
    ['notification_type', 'from_event', 'to_event'],
    ['from_event', 'to_event', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

-- Each event with the one before it in its case; before the first stands the sending.
with transitions as (
    select
        person_key,
        case_notification_type as notification_type,
        previous_event_type as from_event,
        event_type as to_event,
        {{ year_of('previous_event_ts') }} as year,
        {{ days_between('previous_event_ts', 'event_ts') }} as days
    from {{ ref('fct_flow_event') }}
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

{% set dimensions = [
    'rule_id', 'legal_basis', 'urgency', 'notification_type', 'municipality_code', 'county_code', 'month', 'year'
] %}
{% set cuts = [
    ['rule_id', 'legal_basis', 'year'],
    ['rule_id', 'legal_basis', 'month'],
    ['rule_id', 'legal_basis', 'urgency', 'month'],
    ['rule_id', 'legal_basis', 'county_code', 'year'],
    ['rule_id', 'legal_basis', 'notification_type', 'year'],
    ['rule_id', 'legal_basis', 'municipality_code', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts, 'fixed': ['rule_id', 'legal_basis']}) }}

with clocks as (
    select
        *,
        {{ month_of('start_date') }} as month,
        {{ year_of('start_date') }} as year
    from {{ ref('fct_deadline') }}
),

counted as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(*) filter (where state <> 'open') as n_due,
        count(*) filter (where state = 'in_time') as n_in_time,
        count(*) filter (where state = 'late') as n_late,
        count(*) filter (where state = 'open') as n_open,
        count(end_date) as n_ended,
        cast(median(working_days) as double) as median_working_days,
        avg(cast(days as double)) as mean_days,
        bool_or(state = 'open') as provisional
    from clocks
    group by {{ cut_sets(cuts) }}
)

select
    *,
    {{ share('n_in_time', 'n_due') }} as in_time_share
from counted

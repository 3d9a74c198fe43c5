{% set dimensions = ['year', 'kind', 'cause', 'authority', 'status'] %}
{% set cuts = [
    ['year'],
    ['kind', 'cause', 'status'],
    ['authority', 'status'],
    ['year', 'status']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

with obstacles as (
    select
        kind,
        cause,
        authority,
        status,
        affected_clients,
        days_open,
        {{ year_of('reported_date') }} as year
    from {{ ref('fct_obstacle') }}
)

select
    {{ cut_columns(dimensions, cuts) }},
    count(*) as n_obstacles,
    cast(sum(affected_clients) as bigint) as n_affected,
    cast(median(days_open) as double) as median_days_open,
    count(days_open) as n_ended
from obstacles
group by {{ cut_sets(cuts) }}

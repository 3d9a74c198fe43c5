{% set dimensions = ['origin', 'kind', 'expense_group', 'municipality_code', 'county_code', 'month', 'year'] %}
{% set cuts = [
    ['year'],
    ['month'],
    ['kind', 'month'],
    ['origin', 'kind', 'year'],
    ['kind', 'expense_group', 'year'],
    ['kind', 'county_code', 'year'],
    ['kind', 'municipality_code', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

with decisions as (
    select
        *,
        {{ month_of('decision_date') }} as month,
        {{ year_of('decision_date') }} as year
    from {{ ref('fct_supplementary_decision') }}
),

decided as (
    select
        {{ cut_columns(dimensions, cuts, without=['expense_group']) }},
        count(distinct municipal_household_key) as n_households,
        count(*) as n_decisions,
        count(*) filter (where is_positive) as n_positive,
        count(is_in_time) as n_timed,
        count(*) filter (where is_in_time) as n_in_time,
        sum(granted_eur) as granted_eur
    from decisions
    group by {{ cut_sets(cuts, without=['expense_group']) }}
),

-- By group of expense only what was granted is known: a refusal has no lines.
lines as (
    select
        *,
        {{ year_of('decision_date') }} as year
    from {{ ref('fct_supplementary_expense_line') }}
),

granted as (
    select
        {{ cut_columns(dimensions, [['kind', 'expense_group', 'year']]) }},
        count(distinct municipal_household_key) as n_households,
        count(distinct decision_key) as n_decisions,
        cast(null as bigint) as n_positive,
        cast(null as bigint) as n_timed,
        cast(null as bigint) as n_in_time,
        sum(amount_eur) as granted_eur
    from lines
    group by {{ cut_sets([['kind', 'expense_group', 'year']]) }}
),

counted as (
    select * from decided
    union all
    select * from granted
),

-- Euros are held against the residents of the areas that decided in the year: not all deliver their decisions.
deciding as (
    select
        year,
        municipality_code
    from decisions
    group by year, municipality_code
),

residents as (
    select
        deciding.year,
        case when grouping(deciding.municipality_code) = 1 then 'all' else deciding.municipality_code end
            as municipality_code,
        case when grouping(population.county_code) = 1 then 'all' else population.county_code end as county_code,
        cast(sum(population.n_persons) as bigint) as n_residents_18_64
    from deciding
    inner join {{ ref('fct_population') }} as population
        on deciding.municipality_code = population.municipality_code and deciding.year = population.year
    where population.age_group in ('18-24', '25-34', '35-44', '45-54', '55-64')
    group by grouping sets (
        (deciding.year),
        (deciding.year, population.county_code),
        (deciding.year, deciding.municipality_code)
    )
)

select
    counted.cut,
    {%- for dimension in dimensions %}
    counted.{{ dimension }},
    {%- endfor %}
    counted.n_households,
    counted.n_decisions,
    counted.n_positive,
    counted.n_timed,
    counted.n_in_time,
    residents.n_residents_18_64,
    {{ share('counted.n_positive', 'counted.n_decisions') }} as positive_share,
    cast(counted.granted_eur as decimal(18, 2)) as granted_eur,
    {{ share('counted.granted_eur', 'residents.n_residents_18_64') }} as eur_per_resident_18_64,
    {{ share('counted.n_in_time', 'counted.n_timed') }} as in_time_share
from counted
left join residents
    on
        counted.expense_group = 'all'
        and counted.municipality_code = residents.municipality_code
        and counted.county_code = residents.county_code
        and case when counted.year = 'all' then substr(counted.month, 1, 4) else counted.year end = residents.year

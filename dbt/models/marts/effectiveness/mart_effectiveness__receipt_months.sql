{% set dimensions = ['county_code', 'municipality_code', 'sex', 'age_group', 'year', 'months_class'] %}
{% set cuts = [
    ['year'],
    ['year', 'months_class'],
    ['sex', 'age_group', 'year', 'months_class'],
    ['county_code', 'year', 'months_class'],
    ['municipality_code', 'year', 'months_class']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}
{% set of_persons = ['sex', 'age_group'] %}
{% set of_working_age = "age_group in ('25-34', '35-44', '45-54', '55-64')" %}

-- THL's long-term share is of those aged 25-64, and so is every row that does not break ages out.
with households as (
    select * from {{ ref('fct_receipt_length_year') }}
    where unit = 'household'
),

persons as (
    select * from {{ ref('fct_receipt_length_year') }}
    where unit = 'person'
),

household_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=of_persons) }},
        count(*) as n_households,
        0 as n_persons,
        count(*) filter (where is_new) as n_new_households,
        count(is_new) > 0 as is_new_known,
        bool_or(is_provisional) as provisional
    from households
    group by {{ cut_sets(cuts, without=of_persons) }}
),

person_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=of_persons) }},
        0 as n_households,
        count(*) as n_persons,
        0 as n_new_households,
        false as is_new_known,
        bool_or(is_provisional) as provisional
    from persons
    where {{ of_working_age }}
    group by {{ cut_sets(cuts, without=of_persons) }}
),

age_cells as (
    select
        {{ cut_columns(dimensions, [cuts[2]]) }},
        0 as n_households,
        count(*) as n_persons,
        0 as n_new_households,
        false as is_new_known,
        bool_or(is_provisional) as provisional
    from persons
    group by {{ cut_sets([cuts[2]]) }}
),

-- A year that is not whole is not available: it has rows, and no numbers.
years as (
    select
        'year,months_class' as cut,
        cast(year(month) as string) as year
    from {{ ref('fct_household_month') }}
    group by year(month)
),

classes as (
    select '1-3' as months_class
    union all
    select '4-9' as months_class
    union all
    select '10-12' as months_class
),

frame as (
    select
        years.cut,
        'all' as county_code,
        'all' as municipality_code,
        'all' as sex,
        'all' as age_group,
        years.year,
        classes.months_class,
        0 as n_households,
        0 as n_persons,
        0 as n_new_households,
        false as is_new_known,
        false as provisional
    from years
    cross join classes
),

cells as (
    select * from household_cells
    union all
    select * from person_cells
    union all
    select * from age_cells
    union all
    select * from frame
),

counted as (
    select
        cut,
        {{ dimensions | join(', ') }},
        age_group = 'all' as is_of_households,
        cast(sum(n_households) as bigint) as n_households,
        cast(sum(n_persons) as bigint) as n_persons,
        cast(sum(n_new_households) as bigint) as n_new_households,
        bool_or(is_new_known) as is_new_known,
        bool_or(provisional) as provisional
    from cells
    group by cut, {{ dimensions | join(', ') }}
),

population as (
    select
        year,
        case when grouping(municipality_code) = 1 then 'all' else municipality_code end as municipality_code,
        case when grouping(county_code) = 1 then 'all' else county_code end as county_code,
        case when grouping(sex) = 1 then 'all' else sex end as sex,
        case when grouping(age_group) = 1 then 'all' else age_group end as age_group,
        cast(
            case
                when grouping(age_group) = 0 then sum(n_persons)
                else sum(case when {{ of_working_age }} then n_persons end)
            end as bigint
        ) as population
    from {{ ref('fct_population') }}
    group by grouping sets (
        (year),
        (year, sex, age_group),
        (year, county_code),
        (year, municipality_code)
    )
),

whole_years as (
    select year
    from {{ ref('fct_receipt_length_year') }}
    group by year
)

select
    counted.cut,
    {%- for dimension in dimensions %}
    counted.{{ dimension }},
    {%- endfor %}
    case when counted.is_of_households and whole_years.year is not null then counted.n_households end as n_households,
    case when whole_years.year is not null then counted.n_persons end as n_persons,
    population.population,
    case
        when whole_years.year is not null then {{ share('counted.n_persons', 'population.population') }}
    end as persons_share,
    case when counted.is_of_households and counted.is_new_known then counted.n_new_households end as n_new_households,
    counted.provisional
from counted
left join whole_years on counted.year = whole_years.year
left join population
    on
        counted.year = population.year
        and counted.municipality_code = population.municipality_code
        and counted.county_code = population.county_code
        and counted.sex = population.sex
        and counted.age_group = population.age_group

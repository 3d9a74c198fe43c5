{% set dimensions = [
    'basis', 'municipality_code', 'county_code', 'household_type', 'activity', 'sex', 'age_group', 'month', 'year'
] %}
{% set cuts = [
    ['basis', 'year'],
    ['basis', 'month'],
    ['basis', 'sex', 'age_group', 'month'],
    ['basis', 'county_code', 'month'],
    ['basis', 'household_type', 'year'],
    ['basis', 'activity', 'year'],
    ['basis', 'municipality_code', 'year'],
    ['basis', 'municipality_code', 'age_group', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}
{% set of_persons = ['activity', 'sex', 'age_group'] %}

-- Months are put together before they are cut, by what the cuts break out of them: there are few months of areas and
-- groups. Within a month a household counts in one row, and a person stands in one.
with household_months as (
    select
        basis,
        municipality_code,
        county_code,
        household_type,
        {{ month_of('month') }} as month,
        {{ year_of('month') }} as year,
        count(*) filter (where is_counted) as n_households,
        sum(paid_eur) as paid_eur,
        sum(returned_eur) as returned_eur,
        bool_or(is_provisional) as is_provisional
    from {{ ref('fct_receipt_household') }}
    group by basis, month, municipality_code, county_code, household_type
),

person_months as (
    select
        basis,
        county_code,
        sex,
        age_group,
        {{ month_of('month') }} as month,
        count(*) as n_persons,
        bool_or(is_provisional) as is_provisional
    from {{ ref('fct_receipt_person') }}
    group by basis, month, county_code, sex, age_group
),

-- Cells of households; euros belong to households, so neither they nor households exist by sex, age or activity.
household_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=of_persons) }},
        case when grouping(month) = 0 then sum(n_households) else 0 end as n_households,
        sum(paid_eur) as paid_eur,
        sum(returned_eur) as returned_eur,
        bool_or(is_provisional) as provisional
    from household_months
    group by {{ cut_sets(cuts, without=of_persons) }}
),

household_year_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=of_persons + ['month']) }},
        {{ units_of_years('household_key') }} as n_households
    from {{ ref('fct_receipt_household_year') }}
    group by {{ cut_sets(cuts, without=of_persons + ['month']) }}
),

person_month_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=['year']) }},
        sum(n_persons) as n_persons,
        bool_or(is_provisional) as provisional
    from person_months
    group by {{ cut_sets(cuts, without=['year']) }}
),

person_year_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=['month']) }},
        {{ units_of_years('person_key') }} as n_persons,
        bool_or(is_provisional) as provisional
    from {{ ref('fct_receipt_person_year') }}
    group by {{ cut_sets(cuts, without=['month']) }}
),

cells as (
    select
        cut,
        {{ dimensions | join(', ') }},
        n_households,
        paid_eur,
        returned_eur,
        0 as n_persons,
        provisional
    from household_cells
    union all
    select
        cut,
        {{ dimensions | join(', ') }},
        n_households,
        0 as paid_eur,
        0 as returned_eur,
        0 as n_persons,
        false as provisional
    from household_year_cells
    union all
    select
        cut,
        {{ dimensions | join(', ') }},
        0 as n_households,
        0 as paid_eur,
        0 as returned_eur,
        n_persons,
        provisional
    from person_month_cells
    union all
    select
        cut,
        {{ dimensions | join(', ') }},
        0 as n_households,
        0 as paid_eur,
        0 as returned_eur,
        n_persons,
        provisional
    from person_year_cells
),

counted as (
    select
        cut,
        {{ dimensions | join(', ') }},
        activity = 'all' and sex = 'all' and age_group = 'all' as is_of_households,
        cast(sum(n_households) as bigint) as n_households,
        cast(sum(n_persons) as bigint) as n_persons,
        cast(sum(paid_eur) as decimal(18, 2)) as paid_eur,
        cast(sum(returned_eur) as decimal(18, 2)) as returned_eur,
        bool_or(provisional) as provisional
    from cells
    group by cut, {{ dimensions | join(', ') }}
),

-- The same year's end serves the year and its months; the newest ones wait for it.
population as (
    select
        year,
        case when grouping(municipality_code) = 1 then 'all' else municipality_code end as municipality_code,
        case when grouping(county_code) = 1 then 'all' else county_code end as county_code,
        case when grouping(sex) = 1 then 'all' else sex end as sex,
        case when grouping(age_group) = 1 then 'all' else age_group end as age_group,
        cast(sum(n_persons) as bigint) as population
    from {{ ref('fct_population') }}
    group by grouping sets (
        (year),
        (year, sex, age_group),
        (year, county_code),
        (year, municipality_code),
        (year, municipality_code, age_group)
    )
)

select
    counted.cut,
    {%- for dimension in dimensions %}
    counted.{{ dimension }},
    {%- endfor %}
    case when counted.is_of_households then counted.n_households end as n_households,
    counted.n_persons,
    case when counted.is_of_households then counted.paid_eur end as paid_eur,
    case when counted.is_of_households then counted.returned_eur end as returned_eur,
    case
        when counted.is_of_households then {{ share('counted.paid_eur', 'counted.n_households') }}
    end as mean_eur_household,
    population.population,
    {{ share('counted.n_persons', 'population.population') }} as recipient_share,
    counted.provisional
from counted
left join population
    on
        counted.household_type = 'all'
        and counted.activity = 'all'
        and counted.municipality_code = population.municipality_code
        and counted.county_code = population.county_code
        and counted.sex = population.sex
        and counted.age_group = population.age_group
        and case when counted.year = 'all' then substr(counted.month, 1, 4) else counted.year end = population.year

-- Months with assistance in a calendar year, of adults and of households, with the area of the last of them. Only years
-- of which the register covers all months comparably.
with register as (
    select
        greatest(min(month), cast('{{ var("receipt_comparable_from") }}' as date)) as first_month,
        max(month) as last_month
    from {{ ref('fct_household_month') }}
),

person_years as (
    select
        person_key,
        year(month) as year_no,
        count(*) as months,
        max_by(municipality_code, month) as municipality_code,
        bool_or(is_provisional) as is_provisional
    from {{ ref('fct_person_month') }}
    where is_granted
    group by person_key, year(month)
),

persons as (
    select
        'person' as unit,
        years.person_key as unit_key,
        years.year_no,
        years.months,
        years.municipality_code,
        persons.sex,
        {{ age_group('years.year_no - persons.birth_year') }} as age_group,
        years.is_provisional,
        cast(null as bigint) as year_no_before
    from person_years as years
    inner join {{ ref('dim_person') }} as persons on years.person_key = persons.person_key
    where years.year_no - persons.birth_year >= 18
),

households as (
    select
        'household' as unit,
        household_key as unit_key,
        year(month) as year_no,
        count(*) as months,
        max_by(municipality_code, month) as municipality_code,
        'all' as sex,
        'all' as age_group,
        bool_or(is_provisional) as is_provisional,
        lag(year(month)) over (partition by household_key order by year(month)) as year_no_before
    from {{ ref('fct_household_month') }}
    where granted_eur > 0
    group by household_key, year(month)
),

units as (
    select * from persons
    union all
    select * from households
)

select
    units.unit,
    units.unit_key,
    cast(units.year_no as string) as year,
    units.months,
    case
        when units.months <= 3 then '1-3'
        when units.months <= 9 then '4-9'
        else '10-12'
    end as months_class,
    units.municipality_code,
    areas.county_code,
    units.sex,
    units.age_group,
    units.is_provisional,
    -- New is who had none in the year before; whether that is so is known where that year is whole too.
    case
        when units.unit = 'household' and make_date(units.year_no - 1, 1, 1) >= register.first_month
            then coalesce(units.year_no_before < units.year_no - 1, true)
    end as is_new
from units
cross join register
left join {{ ref('dim_municipality') }} as areas on units.municipality_code = areas.municipality_code
where
    make_date(units.year_no, 1, 1) >= register.first_month
    and make_date(units.year_no, 12, 1) <= register.last_month

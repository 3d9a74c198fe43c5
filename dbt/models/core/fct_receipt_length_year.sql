-- Months with assistance in a calendar year, of adults and of households, with the area of the last of them. Only years
-- of which the register covers all months comparably.
with register as (
    select
        greatest(min(month), cast('{{ var("receipt_comparable_from") }}' as date)) as first_month,
        max(month) as last_month
    from {{ ref('fct_household_month') }}
),

persons as (
    select
        'person' as unit,
        person_key as unit_key,
        year(month) as year_no,
        count(*) as months,
        max_by(municipality_code, month) as municipality_code,
        max_by(county_code, month) as county_code,
        max_by(sex, month) as sex,
        max_by(age_group, month) as age_group,
        bool_or(is_provisional) as is_provisional
    from {{ ref('fct_person_month') }}
    where is_granted and age >= 18
    group by person_key, year(month)
),

households as (
    select
        'household' as unit,
        household_key as unit_key,
        year(month) as year_no,
        count(*) as months,
        max_by(municipality_code, month) as municipality_code,
        max_by(county_code, month) as county_code,
        'all' as sex,
        'all' as age_group,
        bool_or(is_provisional) as is_provisional
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
    units.county_code,
    units.sex,
    units.age_group,
    units.is_provisional,
    -- New is who had none in the year before; whether that is so is known where that year is whole too.
    case
        when make_date(units.year_no - 1, 1, 1) >= register.first_month then years_before.unit_key is null
    end as is_new
from units
cross join register
left join units as years_before
    on
        units.unit = 'household'
        and units.unit = years_before.unit
        and units.unit_key = years_before.unit_key
        and units.year_no = years_before.year_no + 1
where
    make_date(units.year_no, 1, 1) >= register.first_month
    and make_date(units.year_no, 12, 1) <= register.last_month

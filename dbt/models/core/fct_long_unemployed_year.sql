-- Months of receipt as unemployed, each with the month in which the twelfth last of them was.
with months as (
    select
        person_key,
        month,
        municipality_code,
        {{ month_no('month') }} - lag({{ month_no('month') }}, 11) over (partition by person_key order by month)
            as months_since_twelfth
    from {{ ref('fct_person_month') }}
    where activity = 'TYOTON' and is_granted
),

long_unemployed as (
    select
        months.person_key,
        months.municipality_code,
        {{ year_of('months.month') }} as year,
        row_number() over (
            partition by months.person_key, {{ year_of('months.month') }} order by months.month desc
        ) as newest
    from months
    inner join {{ ref('dim_person') }} as persons on months.person_key = persons.person_key
    where months.months_since_twelfth <= 15 and {{ age_in_year('months.month', 'persons.birth_year') }} >= 25
)

select
    long_unemployed.person_key,
    long_unemployed.year,
    long_unemployed.municipality_code,
    areas.county_code
from long_unemployed
left join {{ ref('dim_municipality') }} as areas on long_unemployed.municipality_code = areas.municipality_code
where long_unemployed.newest = 1

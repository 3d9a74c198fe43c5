-- Months of receipt as unemployed, each with the month in which the twelfth last of them was.
with months as (
    select
        person_key,
        month,
        municipality_code,
        age,
        {{ month_no('month') }} - lag({{ month_no('month') }}, 11) over (partition by person_key order by month)
            as months_since_twelfth
    from {{ ref('fct_person_month') }}
    where activity = 'TYOTON' and is_granted
),

long_unemployed as (
    select
        person_key,
        municipality_code,
        {{ year_of('month') }} as year,
        row_number() over (partition by person_key, {{ year_of('month') }} order by month desc) as newest
    from months
    where months_since_twelfth <= 15 and age >= 25
)

select
    long_unemployed.person_key,
    long_unemployed.year,
    long_unemployed.municipality_code,
    areas.county_code
from long_unemployed
left join {{ ref('dim_municipality') }} as areas on long_unemployed.municipality_code = areas.municipality_code
where long_unemployed.newest = 1

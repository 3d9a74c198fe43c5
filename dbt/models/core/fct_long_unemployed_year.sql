-- Months of receipt as unemployed, each with the month in which the twelfth last of them was.
with months as (
    select
        person_key,
        month,
        municipality_code,
        county_code,
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
        county_code,
        {{ year_of('month') }} as year,
        row_number() over (partition by person_key, {{ year_of('month') }} order by month desc) as newest
    from months
    where months_since_twelfth <= 15 and age >= 25
)

select
    person_key,
    year,
    municipality_code,
    county_code
from long_unemployed
where newest = 1

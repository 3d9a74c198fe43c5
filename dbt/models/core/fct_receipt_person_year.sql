-- Most persons have one row a year; those with more must be told apart where persons are counted.
with years as (
    select
        basis,
        person_key,
        cast(year(month) as string) as year,
        municipality_code,
        county_code,
        household_type,
        activity,
        age_group,
        bool_or(is_provisional) as is_provisional
    from {{ ref('fct_receipt_person') }}
    group by basis, person_key, year(month), municipality_code, county_code, household_type, activity, age_group
),

with_more_rows as (
    select
        basis,
        person_key,
        year
    from years
    group by basis, person_key, year
    having count(*) > 1
)

select
    years.*,
    with_more_rows.person_key is null as is_only_row
from years
left join with_more_rows
    on
        years.basis = with_more_rows.basis
        and years.person_key = with_more_rows.person_key
        and years.year = with_more_rows.year

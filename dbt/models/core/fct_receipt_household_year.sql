-- Most households have one row a year; those with more must be told apart where households are counted.
with years as (
    select
        basis,
        household_key,
        cast(year(month) as string) as year,
        municipality_code,
        county_code,
        household_type
    from {{ ref('fct_receipt_household') }}
    where is_counted
    group by basis, household_key, year(month), municipality_code, county_code, household_type
),

with_more_rows as (
    select
        basis,
        household_key,
        year
    from years
    group by basis, household_key, year
    having count(*) > 1
)

select
    years.*,
    with_more_rows.household_key is null as is_only_row
from years
left join with_more_rows
    on
        years.basis = with_more_rows.basis
        and years.household_key = with_more_rows.household_key
        and years.year = with_more_rows.year

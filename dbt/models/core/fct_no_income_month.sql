-- Households that received, by benefit month, with the most telling income that they have, and for how many months in
-- a row they have had none that counts.
with lines as (
    select
        household_key,
        month,
        max({{ income_rank('income_code') }}) as income_rank
    from {{ ref('stg_kela_income_line') }}
    where amount_eur > 0
    group by household_key, month
),

applicants as (
    select
        households.household_key,
        persons.birth_year
    from {{ ref('dim_household') }} as households
    inner join {{ ref('dim_person') }} as persons on households.applicant_key = persons.person_key
),

received as (
    select
        household_months.household_key,
        household_months.month,
        household_months.municipality_code,
        household_months.household_type,
        household_months.is_provisional,
        {{ age_group(age_in_year('household_months.month', 'applicants.birth_year')) }} as age_group,
        {{ income_reason('coalesce(lines.income_rank, 0)') }} as reason,
        coalesce(lines.income_rank, 0) <= 1 as is_no_income,
        {{ month_no('household_months.month') }} as month_no
    from {{ ref('fct_household_month') }} as household_months
    left join lines
        on
            household_months.household_key = lines.household_key
            and household_months.month = lines.month
    left join applicants on household_months.household_key = applicants.household_key
    where household_months.granted_eur > 0
),

without as (
    select
        household_key,
        month,
        month_no,
        month_no - row_number() over (partition by household_key order by month_no) as run_no
    from received
    where is_no_income
),

runs as (
    select
        household_key,
        month,
        row_number() over (partition by household_key, run_no order by month_no) as months_in_a_row
    from without
)

select
    received.household_key,
    received.month,
    received.municipality_code,
    received.household_type,
    received.age_group,
    received.reason,
    received.is_no_income,
    coalesce(runs.months_in_a_row, 0) as months_in_a_row,
    received.is_provisional
from received
left join runs
    on
        received.household_key = runs.household_key
        and received.month = runs.month

-- Households that received, by benefit month, with the most telling income that they have, and whether they have had
-- none that counts for three months in a row.
with lines as (
    select
        household_key,
        month,
        max({{ income_rank('income_code') }}) as income_rank
    from {{ ref('stg_kela_income_line') }}
    where amount_eur > 0
    group by household_key, month
),

received as (
    select
        household_months.household_key,
        household_months.month,
        household_months.municipality_code,
        household_months.household_type,
        household_months.is_provisional,
        coalesce(lines.income_rank, 0) as income_rank
    from {{ ref('fct_household_month') }} as household_months
    left join lines
        on
            household_months.household_key = lines.household_key
            and household_months.month = lines.month
    where household_months.granted_eur > 0
),

without as (
    select
        household_key,
        month,
        {{ month_no('month') }} as month_no,
        lag({{ month_no('month') }}, 2) over (partition by household_key order by month) as month_no_of_two_before
    from received
    where income_rank <= 1
),

third_months as (
    select
        household_key,
        month
    from without
    where month_no - month_no_of_two_before = 2
)

select
    received.household_key,
    received.month,
    received.municipality_code,
    received.household_type,
    {{ income_reason('received.income_rank') }} as reason,
    received.income_rank <= 1 as is_no_income,
    third_months.household_key is not null as is_for_3_months,
    received.is_provisional
from received
left join third_months
    on
        received.household_key = third_months.household_key
        and received.month = third_months.month

-- Months of assistance in a row, of persons and of households: one row a run, with the municipality of its first month.
-- Only months that Kela's register covers comparably and that are final.
with register as (
    select
        greatest(min(month), cast('{{ var("receipt_comparable_from") }}' as date)) as first_month,
        max(case when not is_provisional then month end) as last_month
    from {{ ref('fct_household_month') }}
),

person_months as (
    select
        receipts.person_key as unit_key,
        receipts.month,
        receipts.municipality_code,
        {{ month_no('receipts.month') }} as month_no
    from {{ ref('fct_person_month') }} as receipts
    inner join register on receipts.month between register.first_month and register.last_month
    where receipts.is_granted
),

household_months as (
    select
        receipts.household_key as unit_key,
        receipts.month,
        receipts.municipality_code,
        {{ month_no('receipts.month') }} as month_no
    from {{ ref('fct_household_month') }} as receipts
    inner join register on receipts.month between register.first_month and register.last_month
    where receipts.granted_eur > 0
),

{% for unit in ['person', 'household'] -%}
-- Months in a row keep their distance to their number.
{{ unit }}_islands as (
    select
        *,
        month_no - row_number() over (partition by unit_key order by month_no) as island
    from {{ unit }}_months
),

{{ unit }}_runs as (
    select
        unit_key,
        min(month) as first_month,
        min(month_no) as first_month_no,
        max(month_no) as last_month_no,
        min_by(municipality_code, month_no) as municipality_code
    from {{ unit }}_islands
    group by unit_key, island
){{ ',' if not loop.last }}

{% endfor -%}

select
    'person' as unit,
    unit_key,
    unit_key as person_key,
    first_month,
    first_month_no,
    last_month_no,
    max(last_month_no) over (partition by unit_key) as unit_last_month_no,
    lag(last_month_no) over (partition by unit_key order by first_month_no) as month_no_before,
    municipality_code
from person_runs
union all
select
    'household' as unit,
    runs.unit_key,
    households.applicant_key as person_key,
    runs.first_month,
    runs.first_month_no,
    runs.last_month_no,
    max(runs.last_month_no) over (partition by runs.unit_key) as unit_last_month_no,
    lag(runs.last_month_no) over (partition by runs.unit_key order by runs.first_month_no) as month_no_before,
    runs.municipality_code
from household_runs as runs
left join {{ ref('dim_household') }} as households on runs.unit_key = households.household_key

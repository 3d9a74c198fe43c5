-- Months of assistance in a row, of persons and of households: one row a run, with what stood in its first month. Only
-- months that Kela's register covers comparably and that are final.
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
        {{ month_no('receipts.month') }} as month_no
    from {{ ref('fct_person_month') }} as receipts
    inner join register on receipts.month between register.first_month and register.last_month
    where receipts.is_granted
),

household_months as (
    select
        receipts.household_key as unit_key,
        receipts.month,
        {{ month_no('receipts.month') }} as month_no
    from {{ ref('fct_household_month') }} as receipts
    inner join register on receipts.month between register.first_month and register.last_month
    where receipts.granted_eur > 0
),

{% for unit in ['person', 'household'] -%}
{{ unit }}_steps as (
    select
        unit_key,
        month,
        month_no,
        lag(month_no) over (partition by unit_key order by month_no) as month_no_before
    from {{ unit }}_months
),

{{ unit }}_ends as (
    select
        unit_key,
        max(month_no) as last_month_no
    from {{ unit }}_months
    group by unit_key
),

-- A run ends where the one after it looks back to; the last one where the unit's months end.
{{ unit }}_runs as (
    select
        starts.unit_key,
        starts.month as first_month,
        starts.month_no as first_month_no,
        starts.month_no_before,
        coalesce(
            lead(starts.month_no_before) over (partition by starts.unit_key order by starts.month_no),
            ends.last_month_no
        ) as last_month_no
    from {{ unit }}_steps as starts
    inner join {{ unit }}_ends as ends on starts.unit_key = ends.unit_key
    where starts.month_no_before is null or starts.month_no - starts.month_no_before > 1
),

{% endfor -%}

applicants as (
    select
        households.household_key,
        persons.person_key,
        persons.sex,
        persons.birth_year
    from {{ ref('dim_household') }} as households
    inner join {{ ref('dim_person') }} as persons on households.applicant_key = persons.person_key
)

select
    'person' as unit,
    runs.unit_key,
    runs.unit_key as person_key,
    runs.first_month,
    runs.first_month_no,
    runs.last_month_no,
    runs.month_no_before,
    receipts.municipality_code,
    receipts.county_code,
    receipts.sex,
    receipts.age_group
from person_runs as runs
inner join {{ ref('fct_person_month') }} as receipts
    on runs.unit_key = receipts.person_key and runs.first_month = receipts.month
union all
-- A household has the sex and age of its applicant.
select
    'household' as unit,
    runs.unit_key,
    applicants.person_key,
    runs.first_month,
    runs.first_month_no,
    runs.last_month_no,
    runs.month_no_before,
    receipts.municipality_code,
    receipts.county_code,
    coalesce(applicants.sex, '9') as sex,
    {{ age_group(age_in_year('runs.first_month', 'applicants.birth_year')) }} as age_group
from household_runs as runs
inner join {{ ref('fct_household_month') }} as receipts
    on runs.unit_key = receipts.household_key and runs.first_month = receipts.month
left join applicants on runs.unit_key = applicants.household_key

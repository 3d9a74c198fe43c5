{% set dimensions = ['municipality_code', 'household_type', 'age_group', 'reason', 'month', 'year'] %}
{% set cuts = [
    ['month'],
    ['year'],
    ['household_type', 'month'],
    ['age_group', 'year'],
    ['reason', 'year'],
    ['municipality_code', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

-- Within a month a household has one row.
with months as (
    select
        'all' as municipality_code,
        household_type,
        'all' as age_group,
        'all' as reason,
        {{ month_of('month') }} as month,
        count(*) as n_households,
        count(*) filter (where is_no_income) as n_no_income,
        count(*) filter (where is_for_3_months) as n_no_income_3_months,
        bool_or(is_provisional) as provisional
    from {{ ref('fct_no_income_month') }}
    group by household_type, month
),

month_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=['year']) }},
        sum(n_households) as n_households,
        sum(n_no_income) as n_no_income,
        sum(n_no_income_3_months) as n_no_income_3_months,
        bool_or(provisional) as provisional
    from months
    group by {{ cut_sets(cuts, without=['year']) }}
),

-- Over a year a household may stand in several rows: it counts once.
by_year as (
    select
        household_key,
        municipality_code,
        reason,
        year(month) as year_no,
        bool_or(is_no_income) as is_no_income,
        bool_or(is_for_3_months) as is_for_3_months,
        bool_or(is_provisional) as is_provisional
    from {{ ref('fct_no_income_month') }}
    group by household_key, municipality_code, reason, year(month)
),

-- A household has the age of its applicant.
household_years as (
    select
        by_year.*,
        cast(by_year.year_no as string) as year,
        {{ age_group('by_year.year_no - persons.birth_year') }} as age_group
    from by_year
    left join {{ ref('dim_household') }} as households on by_year.household_key = households.household_key
    left join {{ ref('dim_person') }} as persons on households.applicant_key = persons.person_key
),

year_cells as (
    select
        {{ cut_columns(dimensions, cuts, without=['month', 'household_type']) }},
        count(distinct household_key) as n_households,
        count(distinct case when is_no_income then household_key end) as n_no_income,
        count(distinct case when is_for_3_months then household_key end) as n_no_income_3_months,
        bool_or(is_provisional) as provisional
    from household_years
    group by {{ cut_sets(cuts, without=['month', 'household_type']) }}
),

cells as (
    select * from month_cells
    union all
    select * from year_cells
)

select
    cut,
    {{ dimensions | join(',\n    ') }},
    cast(n_households as bigint) as n_households,
    cast(n_no_income as bigint) as n_no_income,
    {{ share('n_no_income', 'n_households') }} as no_income_share,
    cast(n_no_income_3_months as bigint) as n_no_income_3_months,
    provisional
from cells

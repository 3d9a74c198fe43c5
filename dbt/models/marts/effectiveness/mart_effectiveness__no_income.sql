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

with household_months as (
    select
        *,
        {{ month_of('month') }} as month_text,
        {{ year_of('month') }} as year
    from {{ ref('fct_no_income_month') }}
),

-- Within a month a household has one row.
months as (
    select
        'all' as municipality_code,
        household_type,
        'all' as age_group,
        'all' as reason,
        month_text as month,
        count(*) as n_households,
        count(*) filter (where is_no_income) as n_no_income,
        count(*) filter (where is_for_3_months) as n_no_income_3_months,
        bool_or(is_provisional) as provisional
    from household_months
    group by household_type, month_text
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
household_years as (
    select
        household_key,
        municipality_code,
        age_group,
        reason,
        year,
        bool_or(is_no_income) as is_no_income,
        bool_or(is_for_3_months) as is_for_3_months,
        bool_or(is_provisional) as is_provisional
    from household_months
    group by household_key, municipality_code, age_group, reason, year
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

{%- set began = "cast('" ~ var('model_began') ~ "' as date)" -%}
{%- set rates = {
    'receipt_share': ['n_persons', 'n_residents'],
    'unemployment_benefit_share': ['n_unemployment_benefit', 'n_adults'],
    'supplementary_share': ['n_supplemented', 'n_applicants'],
    'paid_eur': ['paid_eur', 'n_applicants'],
} -%}

-- The panel: numerator and denominator of each outcome by municipality and quarter, apart for the months before and
-- after the start of the model. Every municipality has every month of the window that the register covers, so that a
-- month without anybody counts as one.
with register as (
    select distinct month
    from {{ ref('fct_household_month') }}
    where not is_provisional
),

-- Who received in ten months of a year is known when all of it is: before, nobody could be.
years as (
    select
        month,
        count(*) over (partition by year(month)) = 12 as is_whole_year
    from register
),

months as (
    select *
    from years
    where
        month >= cast('{{ var("receipt_comparable_from") }}' as date)
        and month < cast('{{ var("effect_window_ends") }}' as date)
),

populations as (
    select 'all' as population
    union all
    select 'notified_25plus' as population
    union all
    select 'long_term' as population
),

groups as (
    select
        municipality_code,
        count(*) as n_persons
    from {{ ref('fct_effect_person') }}
    group by municipality_code
),

frame as (
    select
        populations.population,
        units.municipality_code,
        months.month,
        case
            when populations.population = 'notified_25plus' then coalesce(groups.n_persons, 0)
            else units.n_inhabitants
        end as n_residents
    from {{ ref('fct_effect_unit') }} as units
    cross join months
    cross join populations
    left join groups on units.municipality_code = groups.municipality_code
    where populations.population <> 'long_term' or months.is_whole_year
),

filled as (
    select
        frame.population,
        frame.municipality_code,
        frame.month,
        frame.n_residents,
        coalesce(rates.n_persons, 0) as n_persons,
        coalesce(rates.n_adults, 0) as n_adults,
        coalesce(rates.n_unemployment_benefit, 0) as n_unemployment_benefit,
        coalesce(rates.n_applicants, 0) as n_applicants,
        coalesce(rates.n_supplemented, 0) as n_supplemented,
        coalesce(rates.paid_eur, 0) as paid_eur
    from frame
    left join {{ ref('fct_effect_rate') }} as rates
        on
            frame.population = rates.population
            and frame.municipality_code = rates.municipality_code
            and frame.month = rates.month
),

measured as (
    {%- for outcome, sides in rates.items() %}
    select
        '{{ outcome }}' as outcome,
        population,
        municipality_code,
        month,
        'all' as age_band,
        cast({{ sides[0] }} as decimal(18, 2)) as numerator,
        cast({{ sides[1] }} as bigint) as denominator
    from filled
    union all
    {%- endfor %}
    select
        'spell_month' as outcome,
        population,
        municipality_code,
        month,
        age_band,
        cast(n_exits as decimal(18, 2)) as numerator,
        cast(n_at_risk as bigint) as denominator
    from {{ ref('fct_effect_life_table') }}
)

select
    outcome,
    population,
    municipality_code,
    cast(date_trunc('quarter', month) as date) as quarter,
    month >= {{ began }} as is_after,
    age_band,
    cast(count(distinct month) as bigint) as n_months,
    cast(sum(numerator) as decimal(18, 2)) as numerator,
    cast(sum(denominator) as bigint) as denominator
from measured
group by outcome, population, municipality_code, date_trunc('quarter', month), month >= {{ began }}, age_band

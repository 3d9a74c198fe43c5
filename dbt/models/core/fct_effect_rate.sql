-- Sums behind the outcomes that are rates, by municipality and calendar month. Persons of a group stay with the
-- municipality of the group; ten months or more of a calendar year make a person long-term in it.
with months as (
    select
        person_key,
        household_key,
        month,
        role,
        on_unemployment_benefit,
        municipality_code,
        count(*) over (partition by person_key, year(month)) as months_of_year
    from {{ ref('fct_person_month') }}
    where is_granted and not is_provisional
),

members as (
    select
        'all' as population,
        months.*
    from months
    union all
    select
        'long_term' as population,
        months.*
    from months
    where months_of_year >= 10
    union all
    select
        persons.population,
        months.person_key,
        months.household_key,
        months.month,
        months.role,
        months.on_unemployment_benefit,
        persons.municipality_code,
        months.months_of_year
    from months
    inner join {{ ref('fct_effect_person') }} as persons on months.person_key = persons.person_key
),

within_window as (
    select *
    from members
    where
        month >= cast('{{ var("receipt_comparable_from") }}' as date)
        and month < cast('{{ var("effect_window_ends") }}' as date)
),

paid as (
    select
        household_key,
        benefit_month as month,
        sum(paid_eur) as paid_eur
    from {{ ref('int_kela__payment') }}
    where
        benefit_month >= cast('{{ var("receipt_comparable_from") }}' as date)
        and benefit_month < cast('{{ var("effect_window_ends") }}' as date)
    group by household_key, benefit_month
),

supplemented as (
    select
        person_key,
        {{ first_of_month('decision_date') }} as month
    from {{ ref('fct_supplementary_decision') }}
    where is_positive and not recovery_flag
    group by person_key, {{ first_of_month('decision_date') }}
)

select
    within_window.population,
    within_window.municipality_code,
    within_window.month,
    count(*) as n_persons,
    count(*) filter (where within_window.role in ('HAKIJA', 'PUOLISO')) as n_adults,
    count(*) filter (where within_window.role in ('HAKIJA', 'PUOLISO') and within_window.on_unemployment_benefit)
        as n_unemployment_benefit,
    count(*) filter (where within_window.role = 'HAKIJA') as n_applicants,
    count(*) filter (where within_window.role = 'HAKIJA' and supplemented.person_key is not null) as n_supplemented,
    cast(coalesce(sum(paid.paid_eur) filter (where within_window.role = 'HAKIJA'), 0) as decimal(18, 2)) as paid_eur
from within_window
inner join {{ ref('fct_effect_unit') }} as units on within_window.municipality_code = units.municipality_code
left join paid on within_window.household_key = paid.household_key and within_window.month = paid.month
left join supplemented
    on within_window.person_key = supplemented.person_key and within_window.month = supplemented.month
group by within_window.population, within_window.municipality_code, within_window.month

{%- set gap = 2 -%}

-- Period life tables of persons' spells: exits and spells at risk by calendar month and band of age. A spell counts in
-- each month with the age it then has, so that no time after the start is taken for time before it. Ends are known once
-- the empty months of the gap rule have passed. Death and moves out of the country end what is seen, and are no exits.
with register as (
    select max(case when not is_provisional then month end) as last_month
    from {{ ref('fct_household_month') }}
),

ages as (
    {%- for age in range(1, 13) %}
    select
        {{ age }} as age,
        '{{ "01-03" if age <= 3 else "04-06" if age <= 6 else "07-12" }}' as age_band
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

spells as (
    select
        unit_key as person_key,
        first_month,
        months,
        exit_reason = 'not_observed' as is_exit,
        municipality_code
    from {{ ref('fct_receipt_spell') }}
    where unit = 'person' and gap_months = {{ gap }} and not is_left_truncated
),

members as (
    select
        'all' as population,
        spells.*
    from spells
    union all
    select
        persons.population,
        spells.person_key,
        spells.first_month,
        spells.months,
        spells.is_exit,
        persons.municipality_code
    from spells
    inner join {{ ref('fct_effect_person') }} as persons on spells.person_key = persons.person_key
),

aged as (
    select
        members.population,
        members.municipality_code,
        ages.age_band,
        {{ months_after('members.first_month', 'ages.age - 1') }} as month,
        coalesce(members.is_exit, false) and members.months = ages.age as is_exit
    from members
    inner join ages on members.months >= ages.age
)

select
    aged.population,
    aged.municipality_code,
    aged.month,
    aged.age_band,
    count(*) filter (where aged.is_exit) as n_exits,
    count(*) as n_at_risk
from aged
inner join {{ ref('fct_effect_unit') }} as units on aged.municipality_code = units.municipality_code
cross join register
where
    aged.month <= {{ months_after('register.last_month', -gap) }}
    and aged.month < cast('{{ var("effect_window_ends") }}' as date)
group by aged.population, aged.municipality_code, aged.month, aged.age_band

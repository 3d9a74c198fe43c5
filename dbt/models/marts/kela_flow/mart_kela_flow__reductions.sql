{% set dimensions = ['county_code', 'sex', 'age_group', 'step', 'reason', 'month', 'year'] %}
{% set cuts = [
    ['year'],
    ['month'],
    ['step', 'month'],
    ['age_group', 'month'],
    ['county_code', 'year'],
    ['reason', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}
{% set recipient_cuts = [['month'], ['age_group', 'month'], ['county_code', 'year'], ['year']] %}

-- Recipients of 18-64 years by benefit month, each once, with the reduction that falls on them.
with persons as (
    select
        receipts.person_key,
        receipts.county_code,
        receipts.sex,
        receipts.age_group,
        receipts.is_provisional,
        reductions.step,
        reductions.reason,
        reductions.is_assessment_booked,
        {{ month_of('receipts.month') }} as month,
        {{ year_of('receipts.month') }} as year
    from {{ ref('fct_receipt_person') }} as receipts
    left join {{ ref('fct_reduction') }} as reductions
        on receipts.person_key = reductions.person_key and receipts.month = reductions.month
    where receipts.basis = 'benefit' and receipts.age_group in ('18-24', '25-34', '35-44', '45-54', '55-64')
),

reduced as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(distinct person_key) as n_persons,
        count(distinct case when is_assessment_booked then person_key end) as n_assessment_booked,
        bool_or(is_provisional) as provisional
    from persons
    where step is not null
    group by {{ cut_sets(cuts) }}
),

-- The denominator knows no step and no reason: those of the same month or year, area and age.
recipients as (
    select
        case when grouping(county_code) = 1 then 'all' else county_code end as county_code,
        case when grouping(age_group) = 1 then 'all' else age_group end as age_group,
        case when grouping(month) = 1 then 'all' else month end as month,
        case when grouping(year) = 1 then 'all' else year end as year,
        count(distinct person_key) as n_recipients_18_64
    from persons
    group by {{ cut_sets(recipient_cuts) }}
)

select
    reduced.cut,
    {%- for dimension in dimensions %}
    reduced.{{ dimension }},
    {%- endfor %}
    reduced.n_persons,
    recipients.n_recipients_18_64,
    {{ share('reduced.n_persons', 'recipients.n_recipients_18_64') }} as reduced_share,
    reduced.n_assessment_booked,
    reduced.provisional
from reduced
inner join recipients
    on
        reduced.county_code = recipients.county_code
        and reduced.age_group = recipients.age_group
        and reduced.month = recipients.month
        and reduced.year = recipients.year

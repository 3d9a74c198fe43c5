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

{% set of_working_age = "basis = 'benefit' and age_group in ('18-24', '25-34', '35-44', '45-54', '55-64')" %}

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
    from {{ ref('fct_reduction') }} as reductions
    inner join {{ ref('fct_receipt_person') }} as receipts
        on reductions.person_key = receipts.person_key and reductions.month = receipts.month
    where {{ of_working_age }}
),

reduced as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(distinct person_key) as n_persons,
        count(distinct case when is_assessment_booked then person_key end) as n_assessment_booked,
        bool_or(is_provisional) as provisional
    from persons
    group by {{ cut_sets(cuts) }}
),

-- The denominator knows no step and no reason: those of the same month or year, area and age. Within a month a person
-- stands in one row.
recipient_months as (
    select
        age_group,
        {{ month_of('month') }} as month,
        count(*) as n_persons
    from {{ ref('fct_receipt_person') }}
    where {{ of_working_age }}
    group by month, age_group
),

recipients as (
    select
        'all' as county_code,
        case when grouping(age_group) = 1 then 'all' else age_group end as age_group,
        month,
        'all' as year,
        cast(sum(n_persons) as bigint) as n_recipients_18_64
    from recipient_months
    group by grouping sets ((month), (month, age_group))
    union all
    select
        case when grouping(county_code) = 1 then 'all' else county_code end as county_code,
        'all' as age_group,
        'all' as month,
        year,
        {{ units_of_years('person_key') }} as n_recipients_18_64
    from {{ ref('fct_receipt_person_year') }}
    where {{ of_working_age }}
    group by grouping sets ((year), (year, county_code))
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

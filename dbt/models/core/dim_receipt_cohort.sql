{% set gaps = [1, 2, 3] %}
{% set sexes = ['1', '2', '9'] %}
{% set age_groups = ['0-17', '18-24', '25-34', '35-44', '45-54', '55-64', '65+', 'unknown'] %}

-- Groups whose duration is told, whether somebody is in them or not: 'all' where sex or age is not broken out.
with gap_rules as (
    {%- for gap in gaps %}
    select cast({{ gap }} as bigint) as gap_months
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

units as (
    select 'person' as unit
    union all
    select 'household' as unit
),

-- Who entered before the model is looked at to the month before it; the others entered in the same months a year later.
cohorts as (
    {%- for area in ['pilot', 'comparison'] %}
    select
        '{{ area }}_before' as cohort,
        '{{ area }}' as area_group,
        cast('{{ var("receipt_comparable_from") }}' as date) as entered_from,
        cast('{{ var("model_began") }}' as date) as entered_before,
        {{ months_after("cast('" ~ var("model_began") ~ "' as date)", '-1') }} as followed_to
    union all
    select
        '{{ area }}_after' as cohort,
        '{{ area }}' as area_group,
        {{ months_after("cast('" ~ var("receipt_comparable_from") ~ "' as date)", '12') }} as entered_from,
        {{ months_after("cast('" ~ var("model_began") ~ "' as date)", '12') }} as entered_before,
        cast(null as date) as followed_to
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

groups as (
    select
        'all' as sex,
        'all' as age_group
    {%- for sex in sexes %}
    union all
    select
        '{{ sex }}' as sex,
        'all' as age_group
    {%- endfor %}
    {%- for age_group in age_groups %}
    union all
    select
        'all' as sex,
        '{{ age_group }}' as age_group
    {%- endfor %}
)

select
    gap_rules.gap_months,
    units.unit,
    cohorts.cohort,
    cohorts.area_group,
    cohorts.entered_from,
    cohorts.entered_before,
    cohorts.followed_to,
    groups.sex,
    groups.age_group,
    concat(
        'gap_months,unit,cohort',
        case when groups.sex = 'all' then '' else ',sex' end,
        case when groups.age_group = 'all' then '' else ',age_group' end
    ) as cut
from gap_rules
cross join units
cross join cohorts
cross join groups

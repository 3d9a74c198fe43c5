{% set dimensions = ['gap_months', 'unit', 'cohort', 'sex', 'age_group'] %}
{% set cuts = [
    ['gap_months', 'unit', 'cohort'],
    ['gap_months', 'unit', 'cohort', 'sex'],
    ['gap_months', 'unit', 'cohort', 'age_group']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts, 'fixed': ['gap_months', 'unit', 'cohort']}) }}
{% set least_at_risk = 10 %}

with steps as (
    select
        gap_months,
        unit,
        cohort,
        sex,
        age_group,
        months,
        n_entered,
        n_at_risk,
        survival,
        {{ area_of_step(dimensions, 12) }} as area_12,
        {{ area_of_step(dimensions, 24) }} as area_24,
        greenwood_term
    from {{ ref('fct_receipt_curve') }}
),

-- What lies under the curve to the right of a step moves with the step.
areas as (
    select
        sum(area_12) over (
            partition by {{ dimensions | join(', ') }} order by months desc
            rows between unbounded preceding and current row
        ) as area_right_12,
        sum(area_24) over (
            partition by {{ dimensions | join(', ') }} order by months desc
            rows between unbounded preceding and current row
        ) as area_right_24,
        *
    from steps
),

groups as (
    select
        {{ dimensions | join(', ') }},
        min(case when survival <= 0.5 and n_at_risk >= {{ least_at_risk }} then months end) as median_months,
        -- The window allows a mean where enough are still followed at its end, or all have left before.
        {%- for horizon in [12, 24] %}
        sum(area_{{ horizon }}) as rmst{{ horizon }},
        sum(area_right_{{ horizon }} * area_right_{{ horizon }} * greenwood_term) as variance_{{ horizon }},
        max(case when n_at_risk >= {{ least_at_risk }} then months else 0 end) >= {{ horizon - 1 }}
        or min(survival) = 0 as is_followed_{{ horizon }},
        {%- endfor %}
        cast(sum(n_entered) as bigint) as n_spells
    from areas
    group by {{ dimensions | join(', ') }}
)

select
    cohorts.cut,
    cast(cohorts.gap_months as string) as gap_months,
    cohorts.unit,
    cohorts.cohort,
    cohorts.sex,
    cohorts.age_group,
    coalesce(groups.n_spells, 0) as n_spells,
    groups.median_months,
    case when groups.is_followed_12 then groups.rmst12 end as rmst12_months,
    case
        when groups.is_followed_12 then {{ normal_lower('groups.rmst12', 'groups.variance_12', 0) }}
    end as rmst12_months_lo,
    case
        when groups.is_followed_12 then {{ normal_upper('groups.rmst12', 'groups.variance_12', 12) }}
    end as rmst12_months_hi,
    case when groups.is_followed_24 then groups.rmst24 end as rmst24_months,
    case
        when groups.is_followed_24 then {{ normal_lower('groups.rmst24', 'groups.variance_24', 0) }}
    end as rmst24_months_lo,
    case
        when groups.is_followed_24 then {{ normal_upper('groups.rmst24', 'groups.variance_24', 24) }}
    end as rmst24_months_hi
from {{ ref('dim_receipt_cohort') }} as cohorts
left join groups
    on
        cohorts.gap_months = groups.gap_months
        and cohorts.unit = groups.unit
        and cohorts.cohort = groups.cohort
        and cohorts.sex = groups.sex
        and cohorts.age_group = groups.age_group

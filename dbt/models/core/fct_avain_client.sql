{% set base_from = "cast('" ~ var('avain_base_from') ~ "' as date)" %}
{% set base_to = "cast('" ~ var('avain_base_to') ~ "' as date)" %}
{% set counted_on = "cast('" ~ var('avain_counted_on') ~ "' as date)" %}

with starts as (
    select
        *,
        row_number() over (
            partition by person_key, form_version order by assessment_date asc nulls last, assessment_id asc
        ) as start_no
    from {{ ref('fct_avain_assessment') }}
    where assessment_kind = 'ALKU'
),

-- A judgement that the mapping does not know is missing, as one that nobody made.
goals as (
    select
        assessment_id,
        count(*) as n_goals,
        count(*) filter (where attainment_code <> 'unknown') as n_goals_reviewed,
        min(case when attainment_code <> 'unknown' then review_date end) as first_review_date,
        min(case when attainment_code <> 'unknown' and review_date_precision = 'D' then review_date end)
            as first_review_day
    from {{ ref('fct_avain_goal') }}
    group by assessment_id
)

select
    starts.person_key,
    starts.form_version,
    starts.assessment_id as first_assessment_id,
    starts.assessment_date as first_assessment_date,
    starts.date_precision,
    starts.pilot_group,
    starts.municipality_code,
    starts.county_code,
    starts.sex,
    starts.age_group,
    starts.client_present,
    starts.receives_supp_prev,
    goals.first_review_date,
    coalesce(goals.n_goals, 0) > 0 as has_goal,
    -- The figures need a month; a form that names the year alone had been recorded, but is in no month of theirs.
    starts.form_version = 'AVAIN2018'
    and coalesce(goals.n_goals, 0) > 0
    and starts.date_precision <> 'Y'
    and starts.assessment_date between {{ base_from }} and {{ base_to }} as is_in_base,
    starts.form_version = 'AVAIN2018'
    and coalesce(goals.n_goals, 0) > 0
    and starts.assessment_date <= {{ counted_on }} as is_at_mid_evaluation,
    coalesce(goals.n_goals_reviewed, 0) > 0 as is_reviewed,
    case
        when starts.date_precision = 'D'
            then {{ days_between('starts.assessment_date', 'goals.first_review_day') }}
    end as days_to_review
from starts
left join goals on starts.assessment_id = goals.assessment_id
where starts.start_no = 1

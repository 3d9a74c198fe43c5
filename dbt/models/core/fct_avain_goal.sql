with goals as (
    select
        assessment_id,
        goal_seq,
        goal_code,
        is_main_goal,
        aim
    from {{ ref('int_avain__goal') }}
    union all
    -- A plan does not say which of its goals is the main one.
    select
        plan_id as assessment_id,
        goal_seq,
        goal_code,
        cast(null as boolean) as is_main_goal,
        aim
    from {{ ref('int_avain__plan_goal') }}
),

-- The 2018 form's table of reviews does not name the assessment in which they were made: it is the newest end.
ends as (
    select
        assessment_id,
        previous_assessment_id,
        row_number() over (
            partition by previous_assessment_id order by assessment_date desc nulls last, assessment_id asc
        ) as end_no
    from {{ ref('fct_avain_assessment') }}
    where assessment_kind = 'LOPPU'
),

reviews as (
    select
        judged.assessment_id,
        judged.goal_seq,
        judged.review_date,
        'D' as review_date_precision,
        judged.attainment_code,
        ends.assessment_id as review_assessment_id
    from {{ ref('int_avain__goal_review') }} as judged
    left join ends on judged.assessment_id = ends.previous_assessment_id and ends.end_no = 1
    union all
    select
        goal_assessment_id as assessment_id,
        goal_seq,
        review_date,
        date_precision as review_date_precision,
        attainment_code,
        review_assessment_id
    from {{ ref('int_avain__plan_reviewed_goal') }}
    where is_counted
)

select
    goals.assessment_id,
    goals.goal_seq,
    assessments.person_key,
    assessments.assessment_kind,
    assessments.assessment_date,
    assessments.date_precision,
    assessments.form_version,
    assessments.pilot_group,
    goals.is_main_goal,
    goals.aim,
    reviews.review_assessment_id,
    reviews.review_date,
    reviews.review_date_precision,
    assessments.sex,
    assessments.age,
    assessments.age_group,
    assessments.municipality_code,
    assessments.county_code,
    {{ avain_code('goals.goal_code', 'assessments.form_version', 'goal_codes') }} as goal_code,
    {{ avain_code('reviews.attainment_code', 'assessments.form_version', 'judgements') }} as attainment_code
from goals
inner join {{ ref('fct_avain_assessment') }} as assessments on goals.assessment_id = assessments.assessment_id
left join reviews on goals.assessment_id = reviews.assessment_id and goals.goal_seq = reviews.goal_seq
{{ join_avain_code(
    'goal', 'goals.goal_code', 'assessments.form_version', 'assessments.assessment_date', 'goal_codes'
) }}
{{ join_avain_code(
    'attainment', 'reviews.attainment_code', 'assessments.form_version', 'reviews.review_date', 'judgements'
) }}

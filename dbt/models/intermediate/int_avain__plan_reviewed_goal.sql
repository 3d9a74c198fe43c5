-- A plan reviews the goals of the one before it, copied with code and aim and numbered anew: a goal is found by these.
-- Of two alike the first review is of the first. A review without an aim is of the goal with its code, if there is one.
with goals as (
    select
        plan_id,
        goal_seq,
        goal_code,
        aim,
        row_number() over (partition by plan_id, goal_code, aim order by goal_seq) as copy_no,
        count(*) over (partition by plan_id, goal_code) as n_of_code
    from {{ ref('int_avain__plan_goal') }}
),

reviews as (
    select
        copied.plan_id,
        copied.goal_seq,
        copied.goal_code,
        copied.aim,
        copied.attainment_code,
        plans.previous_plan_id,
        plans.plan_date,
        plans.date_precision,
        row_number() over (partition by copied.plan_id, copied.goal_code, copied.aim order by copied.goal_seq)
            as copy_no
    from {{ ref('int_avain__plan_goal_review') }} as copied
    inner join {{ ref('stg_avain_client_plan') }} as plans on copied.plan_id = plans.plan_id
),

matched as (
    select
        reviews.plan_id as review_assessment_id,
        reviews.goal_seq as review_seq,
        goals.plan_id as goal_assessment_id,
        goals.goal_seq,
        reviews.attainment_code,
        reviews.plan_date as review_date,
        reviews.date_precision,
        -- Several plans may follow one: the newest that judges the goal counts.
        row_number() over (
            partition by goals.plan_id, goals.goal_seq
            order by
                case when reviews.attainment_code is null then 1 else 0 end asc,
                reviews.plan_date desc nulls last,
                reviews.plan_id asc,
                reviews.goal_seq asc
        ) as review_no
    from reviews
    inner join goals
        on
            reviews.previous_plan_id = goals.plan_id
            and reviews.goal_code = goals.goal_code
            and reviews.copy_no = goals.copy_no
            and (reviews.aim = goals.aim or (reviews.aim is null and goals.n_of_code = 1))
)

select
    review_assessment_id,
    review_seq,
    goal_assessment_id,
    goal_seq,
    attainment_code,
    review_date,
    date_precision,
    review_no = 1 and attainment_code is not null as is_counted
from matched

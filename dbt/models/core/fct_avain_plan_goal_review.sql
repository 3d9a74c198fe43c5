-- The review of a plan's goals stands in the plan that follows it.
select
    reviews.plan_id,
    reviews.goal_seq,
    plans.previous_plan_id as reviewed_plan_id,
    plans.person_key,
    plans.plan_date as review_date,
    plans.date_precision,
    reviews.goal_code,
    reviews.aim,
    reviews.attainment_code,
    reviews.attainment_code is not null as is_judged
from {{ ref('int_avain__plan_goal_review') }} as reviews
inner join {{ ref('fct_avain_plan') }} as plans on reviews.plan_id = plans.plan_id

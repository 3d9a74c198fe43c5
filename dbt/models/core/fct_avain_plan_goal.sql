select
    goals.plan_id,
    goals.goal_seq,
    plans.person_key,
    plans.plan_date,
    plans.date_precision,
    goals.goal_code,
    goals.aim
from {{ ref('int_avain__plan_goal') }} as goals
inner join {{ ref('fct_avain_plan') }} as plans on goals.plan_id = plans.plan_id

-- Goals set in plans; one that is a main class says too little to count.
select goals.*
from {{ ref('stg_avain_client_plan_goal') }} as goals
where not exists (
    select 1
    from {{ ref('int_avain__main_class_goal') }} as main_classes
    where main_classes.goal_code = goals.goal_code
)

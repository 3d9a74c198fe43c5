-- Goals reviewed in plans; one that is a main class says too little to count.
select reviews.*
from {{ ref('stg_avain_client_plan_goal_review') }} as reviews
where not exists (
    select 1
    from {{ ref('int_avain__main_class_goal') }} as main_classes
    where main_classes.goal_code = reviews.goal_code
)

with newest as (
    {{ newest('avain_client_plan_goal_review') }}
)

select
    plan_id,
    goal_seq,
    goal_code,
    aim,
    attainment_code
from newest

with newest as (
    {{ newest('avain_client_plan_goal') }}
)

select
    plan_id,
    goal_seq,
    goal_code,
    aim
from newest

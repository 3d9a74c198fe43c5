with newest as (
    {{ newest('avain_client_plan_factor') }}
)

select
    plan_id,
    goal_list,
    goal_seq,
    factor_code,
    direction
from newest

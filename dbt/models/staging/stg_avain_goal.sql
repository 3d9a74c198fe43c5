with newest as (
    {{ newest('avain_goal') }}
)

select
    assessment_id,
    goal_seq,
    goal_code,
    is_main_goal,
    aim
from newest

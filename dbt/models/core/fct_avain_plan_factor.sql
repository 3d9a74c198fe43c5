with goals as (
    select
        'set' as goal_list,
        plan_id,
        goal_seq,
        goal_code,
        person_key
    from {{ ref('fct_avain_plan_goal') }}
    union all
    select
        'reviewed' as goal_list,
        plan_id,
        goal_seq,
        goal_code,
        person_key
    from {{ ref('fct_avain_plan_goal_review') }}
)

select
    factors.plan_id,
    factors.goal_list,
    factors.goal_seq,
    factors.factor_code,
    factors.direction,
    goals.goal_code,
    goals.person_key
from {{ ref('stg_avain_client_plan_factor') }} as factors
inner join goals
    on
        factors.plan_id = goals.plan_id
        and factors.goal_list = goals.goal_list
        and factors.goal_seq = goals.goal_seq

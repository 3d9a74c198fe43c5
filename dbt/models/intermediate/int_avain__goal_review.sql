-- Reviews of goals that stand.
select reviews.*
from {{ ref('stg_avain_goal_review') }} as reviews
where exists (
    select 1
    from {{ ref('int_avain__goal') }} as goals
    where goals.assessment_id = reviews.assessment_id and goals.goal_seq = reviews.goal_seq
)

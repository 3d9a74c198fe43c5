with newest as (
    {{ newest('avain_goal_review') }}
)

select
    assessment_id,
    goal_seq,
    review_date,
    attainment_code,
    judged_by
from newest

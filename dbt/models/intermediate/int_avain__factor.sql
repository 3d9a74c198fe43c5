-- Factors of delivered assessments whose goal stands: goals are set in a start assessment, and a later one marks the
-- factors of the goals of the start assessment that it follows.
with marked as (
    select
        factors.*,
        case
            when assessments.assessment_kind = 'ALKU' then assessments.assessment_id
            else coalesce(assessments.previous_assessment_id, assessments.assessment_id)
        end as goal_assessment_id
    from {{ ref('stg_avain_factor') }} as factors
    inner join {{ ref('stg_avain_assessment') }} as assessments on factors.assessment_id = assessments.assessment_id
)

select marked.*
from marked
where exists (
    select 1
    from {{ ref('int_avain__goal') }} as goals
    where goals.assessment_id = marked.goal_assessment_id and goals.goal_seq = marked.goal_seq
)

-- Goals of delivered assessments.
select goals.*
from {{ ref('stg_avain_goal') }} as goals
where exists (
    select 1
    from {{ ref('stg_avain_assessment') }} as assessments
    where assessments.assessment_id = goals.assessment_id
)

-- Methods of delivered assessments.
select methods.*
from {{ ref('stg_avain_method') }} as methods
where exists (
    select 1
    from {{ ref('stg_avain_assessment') }} as assessments
    where assessments.assessment_id = methods.assessment_id
)

-- Services of delivered assessments.
select services.*
from {{ ref('stg_avain_service') }} as services
where exists (
    select 1
    from {{ ref('stg_avain_assessment') }} as assessments
    where assessments.assessment_id = services.assessment_id
)

-- Code 3 of the services received and code 3 of the planned ones are different services: a code means something
-- together with its code set only. What nobody assessed stays empty in `used`.
select
    services.assessment_id,
    services.seq,
    services.list_id,
    case services.list_id when 'SAA_NYT' then 'service_received' when 'SUUNNITELTU' then 'service_planned' end
        as code_set,
    services.service_code,
    services.social_service_code,
    services.used,
    assessments.person_key,
    assessments.assessment_kind,
    assessments.assessment_date,
    assessments.pilot_group,
    assessments.municipality_code,
    assessments.county_code
from {{ ref('int_avain__service') }} as services
inner join {{ ref('fct_avain_assessment') }} as assessments on services.assessment_id = assessments.assessment_id

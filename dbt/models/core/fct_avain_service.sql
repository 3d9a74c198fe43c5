-- Code 3 of the services received and code 3 of the planned ones are different services: a code means something
-- together with its code set only. What nobody assessed stays empty in `used`.
with services as (
    select
        assessment_id,
        cast(null as string) as section,
        seq,
        list_id,
        service_code,
        social_service_code,
        used
    from {{ ref('int_avain__service') }}
    union all
    select
        plan_id as assessment_id,
        section,
        seq,
        case when section = 'received' then 'SAA_NYT' else 'SUUNNITELTU' end as list_id,
        coalesce(received_service_code, planned_service_code) as service_code,
        social_service_code,
        used
    from {{ ref('stg_avain_client_plan_service') }}
)

select
    services.assessment_id,
    coalesce(
        services.section,
        case
            when services.list_id = 'SAA_NYT' then 'received'
            when assessments.assessment_kind = 'ALKU' then 'planned'
            else 'reviewed'
        end
    ) as section,
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
    assessments.form_version,
    assessments.pilot_group,
    assessments.municipality_code,
    assessments.county_code
from services
inner join {{ ref('fct_avain_assessment') }} as assessments on services.assessment_id = assessments.assessment_id

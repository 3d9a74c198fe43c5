-- Code 3 of the services received and code 3 of the planned ones are different services: a code means something
-- together with its code set only. What nobody assessed stays empty in `used`.
select
    services.plan_id,
    services.section,
    services.seq,
    case when services.section = 'received' then 'SAA_NYT' else 'SUUNNITELTU' end as list_id,
    case when services.section = 'received' then 'service_received' else 'service_planned' end as code_set,
    coalesce(services.received_service_code, services.planned_service_code) as service_code,
    services.service_task_code,
    services.social_service_code,
    services.used,
    plans.person_key,
    plans.plan_date
from {{ ref('stg_avain_client_plan_service') }} as services
inner join {{ ref('fct_avain_plan') }} as plans on services.plan_id = plans.plan_id

with newest as (
    {{ newest('avain_client_plan_service') }}
)

select
    plan_id,
    section,
    seq,
    received_service_code,
    planned_service_code,
    service_task_code,
    social_service_code,
    used
from newest

with newest as (
    {{ newest('avain_client_plan_method') }}
)

select
    plan_id,
    section,
    seq,
    service_seq,
    social_service_code,
    method_code,
    used
from newest

with newest as (
    {{ newest('avain_service') }}
)

select
    assessment_id,
    seq,
    list_id,
    service_code,
    social_service_code,
    used
from newest

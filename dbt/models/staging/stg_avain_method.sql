with newest as (
    {{ newest('avain_method') }}
)

select
    assessment_id,
    seq,
    service_seq,
    method_code,
    method_group,
    used
from newest

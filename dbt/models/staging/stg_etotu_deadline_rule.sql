with newest as (
    {{ newest('etotu_deadline_rule') }}
)

select
    rule_id,
    valid_from,
    valid_to,
    notification_type,
    urgency,
    subject_group,
    start_event,
    end_event,
    limit_n,
    limit_unit,
    basis,
    status
from newest

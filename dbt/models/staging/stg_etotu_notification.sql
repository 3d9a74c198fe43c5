with newest as (
    {{ newest('etotu_notification', 'sent_ts') }}
)

select
    notification_id,
    person_key,
    code_birth_year,
    code_sex,
    notification_type,
    urgency,
    need_theme,
    criteria_met_date,
    sent_ts,
    visible_date,
    area_type,
    area_code,
    lower(batch_type) as batch_type,
    consent,
    phone_included,
    transferred_from,
    is_continuation_reduction
from newest

with newest as (
    {{ newest('muni_supp_decision', 'decision_date') }}
)

select
    municipality_code,
    decision_id,
    household_id,
    person_key,
    code_birth_year,
    code_sex,
    kind,
    application_date,
    received_from_kela,
    kela_notification_id,
    urgent,
    additional_info_requested_date,
    additional_info_deadline,
    complete_date,
    decision_date,
    decision_kind,
    applied_eur,
    granted_eur,
    recovery_flag
from newest

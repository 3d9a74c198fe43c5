{{ config(materialized='view') }}

with newest as (
    {{ newest('kela_decision', 'decision_date') }}
)

select
    decision_id,
    application_id,
    household_key,
    application_date,
    channel,
    urgent,
    additional_info_requested_date,
    additional_info_deadline,
    complete_date,
    decision_date,
    result,
    reject_reason,
    valid_from,
    valid_to,
    reduction_pct,
    reduction_reason,
    reduction_months,
    reduced_role,
    assessment_booked,
    granted_eur,
    corrected_decision_id
from newest

with corrections as (
    select corrected_decision_id as decision_id
    from {{ ref('int_kela__decision') }}
    where corrected_decision_id is not null
    group by corrected_decision_id
),

decisions as (
    select
        *,
        {{ first_of_month('coalesce(valid_from, decision_date)') }} as first_month
    from {{ ref('int_kela__decision') }}
)

select
    decisions.decision_id,
    decisions.application_id,
    decisions.household_key,
    decisions.application_date,
    decisions.channel,
    decisions.urgent,
    decisions.additional_info_requested_date,
    decisions.additional_info_deadline,
    decisions.complete_date,
    decisions.decision_date,
    decisions.result,
    decisions.reject_reason,
    decisions.valid_from,
    decisions.valid_to,
    decisions.reduction_reason,
    decisions.reduced_role,
    decisions.assessment_booked,
    decisions.granted_eur,
    decisions.corrected_decision_id,
    coalesce(household_months.municipality_code, 'unknown') as municipality_code,
    coalesce(household_months.county_code, 'unknown') as county_code,
    coalesce(household_months.household_type, 'unknown') as household_type,
    case decisions.reduction_pct when '20' then 'up_to_20' when '40' then 'up_to_40' when '50' then '50' end
        as reduction_step,
    coalesce(decisions.reduction_months, 0) as reduction_months,
    corrections.decision_id is not null as is_corrected
from decisions
left join corrections on decisions.decision_id = corrections.decision_id
left join {{ ref('fct_household_month') }} as household_months
    on
        decisions.household_key = household_months.household_key
        and decisions.first_month = household_months.month

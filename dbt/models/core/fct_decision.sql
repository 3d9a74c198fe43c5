with corrections as (
    select corrected_decision_id as decision_id
    from {{ ref('int_kela__decision') }}
    where corrected_decision_id is not null
    group by corrected_decision_id
),

-- Each first decision on an application has one clock: urgent from its arrival, else from its completion, and where
-- nothing came from the end of the time that was given. What is asked for has a clock of its own.
decisions as (
    select
        *,
        {{ first_of_month('coalesce(valid_from, decision_date)') }} as first_month,
        case
            when corrected_decision_id is null and result in ('MYONTO', 'HYLKAYS')
                then {{ decision_rule('urgent', 'complete_date', 'additional_info_deadline') }}
        end as rule_id,
        {{ decision_clock_start('urgent', 'application_date', 'complete_date', 'additional_info_deadline') }}
            as clock_start_date
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
    coalesce(areas.county_code, 'unknown') as county_code,
    coalesce(household_months.household_type, 'unknown') as household_type,
    case decisions.reduction_pct when '20' then 'up_to_20' when '40' then 'up_to_40' when '50' then '50' end
        as reduction_step,
    coalesce(decisions.reduction_months, 0) as reduction_months,
    corrections.decision_id is not null as is_corrected,
    decisions.rule_id,
    decisions.clock_start_date,
    decision_clocks.due_date,
    decisions.decision_date <= decision_clocks.due_date as is_in_time,
    case
        when decisions.rule_id is not null then decided.working_day_no - started.working_day_no
    end as working_days,
    case
        when decisions.corrected_decision_id is null
            then {{ days_between('decisions.application_date', 'decisions.decision_date') }}
    end as days_from_application,
    decisions.additional_info_requested_date > request_clocks.due_date as is_request_late
from decisions
left join corrections on decisions.decision_id = corrections.decision_id
left join {{ ref('fct_household_month') }} as household_months
    on
        decisions.household_key = household_months.household_key
        and decisions.first_month = household_months.month
left join {{ ref('dim_municipality') }} as areas on household_months.municipality_code = areas.municipality_code
left join {{ ref('dim_due_date') }} as decision_clocks
    on decisions.rule_id = decision_clocks.rule_id and decisions.clock_start_date = decision_clocks.start_date
left join {{ ref('dim_due_date') }} as request_clocks
    on
        request_clocks.rule_id = 'TOTUL_LISASELVITYSPYYNTO'
        and decisions.additional_info_requested_date is not null
        and decisions.application_date = request_clocks.start_date
left join {{ ref('dim_date') }} as started on decisions.clock_start_date = started.date
left join {{ ref('dim_date') }} as decided on decisions.decision_date = decided.date

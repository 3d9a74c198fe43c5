with decisions as (
    select
        *,
        {{ decision_rule('urgent', 'complete_date', 'additional_info_deadline') }} as rule_id,
        {{ decision_clock_start('urgent', 'application_date', 'complete_date', 'additional_info_deadline') }}
            as clock_start_date
    from {{ ref('int_municipal__decision') }}
)

select
    decisions.decision_key,
    decisions.municipal_household_key,
    decisions.person_key,
    decisions.kind,
    decisions.application_date,
    decisions.kela_notification_id,
    decisions.urgent,
    decisions.additional_info_requested_date,
    decisions.additional_info_deadline,
    decisions.complete_date,
    decisions.decision_date,
    decisions.applied_eur,
    decisions.granted_eur,
    decisions.recovery_flag,
    persons.sex,
    decisions.rule_id,
    decisions.clock_start_date,
    clocks.due_date,
    decisions.decision_date <= clocks.due_date as is_in_time,
    {{ age_in_year('decisions.decision_date', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('decisions.decision_date', 'persons.birth_year')) }} as age_group,
    case when decisions.received_from_kela then 'kela' else 'direct' end as origin,
    case when persons.protected then 'unknown' else households.municipality_code end as municipality_code,
    case when persons.protected then 'unknown' else households.county_code end as county_code,
    decisions.decision_kind = '1' as is_positive
from decisions
inner join {{ ref('dim_person') }} as persons on decisions.person_key = persons.person_key
inner join {{ ref('dim_municipal_household') }} as households
    on decisions.municipal_household_key = households.municipal_household_key
left join {{ ref('dim_due_date') }} as clocks
    on decisions.rule_id = clocks.rule_id and decisions.clock_start_date = clocks.start_date

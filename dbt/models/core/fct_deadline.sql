-- Every clock that a rule with a number sets: those of decisions on municipal applications, and those that a notice
-- starts, the day after it could be seen. A case keeps its clock through transfers, in the area that has it now.
with as_of as (
    select as_of from {{ ref('int_etotu__as_of') }}
),

rules as (
    select
        rule_id,
        basis,
        notification_type,
        urgency,
        subject_group,
        start_event,
        end_event
    from {{ ref('dim_deadline_rule') }}
    where limit_unit <> 'NONE'
    group by rule_id, basis, notification_type, urgency, subject_group, start_event, end_event
),

decisions as (
    select
        *,
        case when urgent then 'KIIREELLINEN' else 'TAVALLINEN' end as urgency,
        case when origin = 'kela' then 'TAYD_EHK_HAKEMUS' else 'none' end as notification_type
    from {{ ref('fct_supplementary_decision') }}
),

of_applications as (
    select
        decision_key,
        cast(null as bigint) as case_id,
        person_key,
        rule_id,
        notification_type,
        urgency,
        municipality_code,
        county_code,
        clock_start_date as start_date,
        decision_date as end_date
    from decisions
    where rule_id is not null
    union all
    select
        decision_key,
        cast(null as bigint) as case_id,
        person_key,
        'TOTUL_LISASELVITYSPYYNTO' as rule_id,
        notification_type,
        urgency,
        municipality_code,
        county_code,
        application_date as start_date,
        additional_info_requested_date as end_date
    from decisions
    where additional_info_requested_date is not null
),

notices_of_cases as (
    select
        *,
        coalesce(visible_date, cast(sent_ts as date)) as arrival_date,
        row_number() over (
            partition by case_id order by notice_no asc, sent_ts asc, notification_id asc
        ) as first_first,
        row_number() over (
            partition by case_id order by notice_no desc, sent_ts desc, municipality_code asc, notification_id asc
        ) as last_first
    from {{ ref('fct_notification') }}
),

-- The possibility of a discussion was given whether or not the client came; an assessment that was found not to be
-- needed is dealt with. Closing a case stops no clock.
ends as (
    select
        case_id,
        cast(min(event_ts) filter (
            where
            event_type in ('TAPAAMINEN', 'EI_SAAPUNUT')
            and worker_role in ('SOSIAALITYONTEKIJA', 'SOSIAALIOHJAAJA')
        ) as date) as discussion_date,
        cast(min(event_ts) filter (where stage_no >= 6 or event_type = 'PTA_EI_TARPEEN') as date) as assessment_date
    from {{ ref('fct_flow_event') }}
    group by case_id
),

cases as (
    select
        beginnings.case_id,
        beginnings.arrival_date as start_date,
        beginnings.person_key,
        beginnings.notification_type,
        beginnings.urgency,
        latest.municipality_code,
        latest.county_code,
        ends.discussion_date,
        ends.assessment_date,
        case
            when beginnings.age > 75 then 'OVER75'
            when beginnings.age >= 18 then 'ADULT'
        end as subject_group
    from notices_of_cases as beginnings
    inner join notices_of_cases as latest on beginnings.case_id = latest.case_id and latest.last_first = 1
    left join ends on beginnings.case_id = ends.case_id
    where beginnings.first_first = 1
),

-- An application is no contact for social care: its clocks are those of its decision. Everything else makes a need of
-- social care known, from which the assessment counts.
of_cases as (
    select
        cast(null as string) as decision_key,
        cases.case_id,
        cases.person_key,
        rules.rule_id,
        cases.notification_type,
        cases.urgency,
        cases.municipality_code,
        cases.county_code,
        cases.start_date,
        case rules.end_event
            when 'KESKUSTELU' then cases.discussion_date
            when 'PTA_ALOITETTU' then cases.assessment_date
        end as end_date
    from cases
    inner join rules
        on
            cases.notification_type = coalesce(rules.notification_type, cases.notification_type)
            and cases.urgency = coalesce(rules.urgency, cases.urgency)
            and (
                rules.start_event = 'KESKUSTELUPYYNTO'
                or cases.subject_group = rules.subject_group and rules.start_event = 'VIREILLETULO'
            )
    where rules.end_event in ('KESKUSTELU', 'PTA_ALOITETTU') and cases.notification_type <> 'TAYD_EHK_HAKEMUS'
),

clocks as (
    select * from of_applications
    union all
    select * from of_cases
)

select
    coalesce(clocks.decision_key, cast(clocks.case_id as string)) as clock_of,
    clocks.decision_key,
    clocks.case_id,
    clocks.person_key,
    clocks.rule_id,
    due.basis as legal_basis,
    clocks.notification_type,
    clocks.urgency,
    clocks.municipality_code,
    clocks.county_code,
    clocks.start_date,
    due.due_date,
    clocks.end_date,
    case
        when clocks.end_date <= due.due_date then 'in_time'
        when due.due_date is null or clocks.end_date is null and as_of.as_of <= due.due_date then 'open'
        else 'late'
    end as state,
    {{ days_between('clocks.start_date', 'clocks.end_date') }} as days,
    ended.working_day_no - started.working_day_no as working_days
from clocks
cross join as_of
inner join {{ ref('dim_due_date') }} as due on clocks.rule_id = due.rule_id and clocks.start_date = due.start_date
left join {{ ref('dim_date') }} as started on clocks.start_date = started.date
left join {{ ref('dim_date') }} as ended on clocks.end_date = ended.date

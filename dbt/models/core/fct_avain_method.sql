with methods as (
    select
        assessment_id,
        cast(null as string) as section,
        seq,
        service_seq,
        method_code,
        method_group,
        used
    from {{ ref('int_avain__method') }}
    union all
    select
        plan_id as assessment_id,
        section,
        seq,
        service_seq,
        method_code,
        cast(null as string) as method_group,
        used
    from {{ ref('stg_avain_client_plan_method') }}
),

-- The 2018 form has one list: a start agrees on methods, a later assessment looks back at them.
coded as (
    select
        methods.assessment_id,
        methods.seq,
        methods.service_seq,
        methods.method_group,
        methods.used,
        assessments.person_key,
        assessments.assessment_kind,
        assessments.assessment_date,
        assessments.form_version,
        coalesce(methods.section, case when assessments.assessment_kind = 'ALKU' then 'planned' else 'reviewed' end)
            as section,
        assessments.previous_assessment_id,
        {{ avain_code('methods.method_code', 'assessments.form_version', 'method_codes') }} as method_code
    from methods
    inner join {{ ref('fct_avain_assessment') }} as assessments on methods.assessment_id = assessments.assessment_id
    {{ join_avain_code(
        'method', 'methods.method_code', 'assessments.form_version', 'assessments.assessment_date', 'method_codes'
    ) }}
)

select
    coded.assessment_id,
    coded.section,
    coded.seq,
    coded.service_seq,
    coalesce(coded.method_group, {{ method_group('coded.method_code') }}) as method_group,
    coded.method_code,
    coded.used,
    coded.person_key,
    coded.assessment_kind,
    coded.assessment_date,
    coded.form_version,
    starts.assessment_id as goal_assessment_id,
    starts.assessment_kind as goal_assessment_kind,
    starts.assessment_date as goal_date,
    starts.pilot_group,
    starts.municipality_code,
    starts.county_code
from coded
inner join {{ ref('fct_avain_assessment') }} as starts
    on
        starts.assessment_id
        = case
            when coded.section = 'planned' then coded.assessment_id
            else coalesce(coded.previous_assessment_id, coded.assessment_id)
        end

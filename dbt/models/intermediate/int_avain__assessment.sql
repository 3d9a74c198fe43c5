-- Both generations of the instrument. A national client plan that follows another one assesses between; that it is the
-- last one nobody can tell. What the plan does not ask for is empty: consent to research, the municipality (the unit
-- that wrote it is a code of the national register of organisations), the pilot's group.
select
    assessment_id,
    person_key,
    code_birth_year,
    code_sex,
    municipality_code,
    assessment_kind,
    assessment_date,
    date_precision,
    form_version,
    previous_assessment_id,
    client_present,
    worker_role,
    pilot_group,
    receives_supp_prev,
    consent_research
from {{ ref('stg_avain_assessment') }}
union all
select
    plan_id as assessment_id,
    person_key,
    code_birth_year,
    code_sex,
    cast(null as string) as municipality_code,
    case when previous_plan_id is null then 'ALKU' else 'VALI' end as assessment_kind,
    plan_date as assessment_date,
    date_precision,
    'ASIAKASSUUNNITELMA_2024' as form_version,
    previous_plan_id as previous_assessment_id,
    cast(null as boolean) as client_present,
    cast(null as string) as worker_role,
    cast(null as string) as pilot_group,
    cast(null as boolean) as receives_supp_prev,
    cast(null as boolean) as consent_research
from {{ ref('stg_avain_client_plan') }}

-- Both generations of the instrument. A national client plan that follows another one assesses between; that it is the
-- last one nobody can tell. Consent to research is a question of the 2018 form.
select
    assessment_id,
    person_key,
    code_birth_year,
    code_sex,
    assessment_kind,
    assessment_date,
    date_precision,
    form_version,
    previous_assessment_id,
    consent_research
from {{ ref('stg_avain_assessment') }}
union all
select
    plan_id as assessment_id,
    person_key,
    code_birth_year,
    code_sex,
    case when previous_plan_id is null then 'ALKU' else 'VALI' end as assessment_kind,
    plan_date as assessment_date,
    date_precision,
    'ASIAKASSUUNNITELMA_2024' as form_version,
    previous_plan_id as previous_assessment_id,
    cast(null as boolean) as consent_research
from {{ ref('stg_avain_client_plan') }}

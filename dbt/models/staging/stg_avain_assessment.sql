with newest as (
    {{ newest('avain_assessment') }}
)

select
    assessment_id,
    person_key,
    code_birth_year,
    code_sex,
    sex,
    birth_year,
    municipality_code,
    unit_id,
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
from newest

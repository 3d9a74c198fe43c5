with newest as (
    {{ newest('avain_client_plan') }}
)

select
    plan_id,
    previous_plan_id,
    person_key,
    code_birth_year,
    code_sex,
    plan_date,
    date_precision,
    unit_id
from newest

with newest as (
    {{ newest('kela_person') }}
)

select
    person_key,
    code_birth_year,
    code_sex,
    birth_year,
    sex,
    mother_tongue,
    citizenship_group,
    first_benefit_month,
    death_month,
    emigration_month,
    protected
from newest

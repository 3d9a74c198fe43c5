-- Read once of the largest extract for all that is asked of its persons.
select
    person_key,
    min(code_birth_year) as code_birth_year,
    min(code_sex) as code_sex,
    min(household_key) < max(household_key) as is_in_several_households
from {{ ref('stg_kela_person_month') }}
group by person_key

select
    person_key,
    birth_year,
    sex,
    language,
    protected
from {{ ref('int_person__attribute') }}

with newest as (
    {{ newest('kela_household') }}
)

select
    household_key,
    applicant_key,
    spouse_key,
    first_month,
    last_month
from newest

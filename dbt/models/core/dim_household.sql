select
    household_key,
    applicant_key,
    spouse_key,
    first_month,
    last_month
from {{ ref('stg_kela_household') }}

select
    household_key,
    applicant_key,
    spouse_key,
    first_month,
    last_month,
    is_pair_known
from {{ ref('int_kela__household') }}

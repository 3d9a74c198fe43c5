select
    step,
    max_pct,
    max_months,
    after_referral_only,
    valid_from,
    valid_to
from {{ ref('stg_ref_reduction_rule') }}

with newest as (
    {{ newest('ref_reduction_rule') }}
)

select
    step,
    max_pct,
    max_months,
    after_referral_only,
    valid_from,
    valid_to
from newest

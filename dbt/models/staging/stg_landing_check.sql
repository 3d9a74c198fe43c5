select
    run_id,
    suite,
    rule,
    severity,
    n_evaluated,
    passed
from {{ source('registry', 'landing_check') }}

{{ config(tags=['after_build']) }}

select
    run_id,
    suite,
    rule,
    severity,
    n_evaluated,
    passed
from {{ source('registry', 'build_check') }}

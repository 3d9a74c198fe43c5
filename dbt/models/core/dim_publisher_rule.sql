-- What other publishers hide; the project's own thresholds stand in expectations/thresholds.yml.
select
    publisher,
    dataset,
    min_cell,
    method,
    confirmed
from {{ ref('stg_ref_disclosure_rule') }}

with newest as (
    {{ newest('ref_disclosure_rule') }}
)

select
    publisher,
    dataset,
    min_cell,
    method,
    confirmed
from newest

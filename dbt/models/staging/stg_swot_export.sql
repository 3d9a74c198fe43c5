with newest as (
    {{ newest('swot_export') }}
)

select
    workshop_id,
    card_no,
    source_stage,
    organisation,
    n_lines
from newest

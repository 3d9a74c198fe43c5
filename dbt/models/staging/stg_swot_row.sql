with newest as (
    {{ newest('swot_row') }}
)

select
    workshop_id,
    row_no,
    phase,
    swot,
    source_stage,
    organisation,
    theme_code,
    analysis_status,
    coder_id,
    duplicate_of
from newest

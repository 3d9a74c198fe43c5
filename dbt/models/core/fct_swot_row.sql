-- The words of a line are in the restricted zone.
select
    lines.workshop_id,
    lines.row_no,
    workshops.area_type,
    workshops.area_code,
    lines.phase,
    lines.swot,
    lines.source_stage,
    lines.organisation,
    lines.theme_code,
    lines.analysis_status,
    lines.coder_id,
    lines.duplicate_of,
    lines.duplicate_of is not null as is_duplicate
from {{ ref('int_swot__row') }} as lines
inner join {{ ref('dim_workshop') }} as workshops on lines.workshop_id = workshops.workshop_id

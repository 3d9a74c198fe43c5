-- The words of a line are in the restricted zone; its number is that of the card and two digits. A line repeats another
-- only if that one is there and does not itself repeat this one from further down: each thing said keeps one line that
-- is no duplicate.
select
    lines.workshop_id,
    lines.row_no,
    cards.card_no,
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
    originals.row_no is not null as is_duplicate
from {{ ref('int_swot__row') }} as lines
inner join {{ ref('dim_workshop') }} as workshops on lines.workshop_id = workshops.workshop_id
left join {{ ref('fct_swot_card') }} as cards
    on lines.workshop_id = cards.workshop_id and cast(floor(lines.row_no / 100) as bigint) = cards.card_no
left join {{ ref('int_swot__row') }} as originals
    on
        lines.workshop_id = originals.workshop_id
        and lines.duplicate_of = originals.row_no
        and (lines.row_no <> coalesce(originals.duplicate_of, 0) or lines.row_no > originals.row_no)

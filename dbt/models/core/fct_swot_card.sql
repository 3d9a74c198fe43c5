-- Cards of delivered workshops; what stands on them is in fct_swot_row.
select
    cards.workshop_id,
    cards.card_no,
    workshops.area_type,
    workshops.area_code,
    cards.source_stage,
    cards.organisation,
    cards.n_lines
from {{ ref('stg_swot_export') }} as cards
inner join {{ ref('dim_workshop') }} as workshops on cards.workshop_id = workshops.workshop_id

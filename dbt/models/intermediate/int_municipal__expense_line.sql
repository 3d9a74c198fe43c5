-- Lines of decisions of the same municipality.
select
    lines.*,
    decisions.decision_key
from {{ ref('stg_muni_supp_expense_line') }} as lines
inner join {{ ref('int_municipal__decision') }} as decisions
    on
        lines.municipality_code = decisions.municipality_code
        and lines.decision_id = decisions.decision_id

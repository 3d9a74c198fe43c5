select
    lines.decision_key,
    lines.seq,
    lines.expense_code,
    lines.amount_eur,
    decisions.municipal_household_key,
    decisions.kind,
    decisions.origin,
    decisions.decision_date,
    decisions.municipality_code,
    decisions.county_code
from {{ ref('int_municipal__expense_line') }} as lines
inner join {{ ref('fct_supplementary_decision') }} as decisions on lines.decision_key = decisions.decision_key

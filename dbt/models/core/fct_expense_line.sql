select
    lines.household_key,
    lines.month,
    lines.expense_code,
    lines.seq,
    lines.applied_eur,
    lines.accepted_eur,
    household_months.municipality_code,
    areas.county_code,
    household_months.household_type
from {{ ref('int_kela__expense_line') }} as lines
inner join {{ ref('fct_household_month') }} as household_months
    on
        lines.household_key = household_months.household_key
        and lines.month = household_months.month
inner join {{ ref('dim_municipality') }} as areas on household_months.municipality_code = areas.municipality_code

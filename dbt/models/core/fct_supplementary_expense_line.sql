-- The group of an expense is the topmost class above its code in the newest list delivered of THL's code set 1279;
-- without that list the code stands for itself.
with code_lists as (
    select
        code,
        parent,
        row_number() over (partition by code order by version desc) as newest_first
    from {{ ref('dim_national_code') }}
    where oid = '1.2.246.537.6.1279'
),

codes as (
    select
        own.code,
        coalesce(grandparents.parent, parents.parent, own.parent, own.code) as group_code
    from code_lists as own
    left join code_lists as parents on own.parent = parents.code and parents.newest_first = 1
    left join code_lists as grandparents on parents.parent = grandparents.code and grandparents.newest_first = 1
    where own.newest_first = 1
)

select
    lines.decision_key,
    lines.seq,
    lines.expense_code,
    coalesce(codes.group_code, lines.expense_code) as expense_group,
    lines.amount_eur,
    decisions.municipal_household_key,
    decisions.kind,
    decisions.origin,
    decisions.decision_date,
    decisions.municipality_code,
    decisions.county_code
from {{ ref('int_municipal__expense_line') }} as lines
inner join {{ ref('fct_supplementary_decision') }} as decisions on lines.decision_key = decisions.decision_key
left join codes on lines.expense_code = codes.code

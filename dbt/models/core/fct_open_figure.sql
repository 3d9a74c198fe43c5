-- Kela's open data beside the register, one row a measure and month, with how far they may be apart and why.
with totals as (
    select * from {{ ref('fct_open_month_total') }}
),

revisions as (
    select
        month,
        value as n_revisions
    from totals
    where figure = 'revised'
)

select
    concat('open.', rules.figure, '.', totals.month) as figure_id,
    'Kela, avoin data' as document,
    concat(rules.dataset, ', ', totals.month) as place,
    rules.measure,
    rules.measure_key,
    concat('{', rules.cell, ', "month": "', totals.month, '"}') as dims,
    rules.unit,
    totals.value,
    computed.computed,
    cast(rules.tolerance_share as double) * totals.value
    + case when rules.plus_revisions then coalesce(revisions.n_revisions, 0) else 0 end as tolerance,
    rules.reason as note,
    abs({{ share('computed.computed', 'totals.value') }} - 1) as relative_difference
from {{ ref('open_figure_rule') }} as rules
inner join totals on rules.figure = totals.figure
left join revisions on totals.month = revisions.month
left join {{ ref('fct_register_month_total') }} as computed
    on totals.figure = computed.figure and totals.month = computed.month

-- Whole-country totals of Kela's open data by month. Recoded small counts (199, unknown) belong to them.
with totals as (
    select
        'recipients' as figure,
        month,
        cast(sum(n_recipients) as double) as value
    from {{ ref('fct_open_recipients') }}
    where time_type = 'Kuukausi'
    group by month
    union all
    select
        'households' as figure,
        month,
        cast(sum(n_households) as double) as value
    from {{ ref('fct_open_households') }}
    where time_type = 'Kuukausi'
    group by month
    union all
    select
        case when is_return then 'returned_eur' else 'paid_eur' end as figure,
        month,
        cast(sum(case when is_return then -paid_eur else paid_eur end) as double) as value
    from {{ ref('fct_open_expenditure') }}
    where benefit = 'Perustoimeentulotuki'
    group by is_return, month
    union all
    select
        case decision when 'Myöntö' then 'granted' when 'Hylkäys' then 'refused' else 'revised' end as figure,
        month,
        cast(sum(n_decisions) as double) as value
    from {{ ref('fct_open_decisions') }}
    where time_type = 'Kuukausi' and decision in ('Myöntö', 'Hylkäys', 'Tarkistus')
    group by decision, month
    union all
    select
        'decided' as figure,
        month,
        cast(sum(n_decisions) as double) as value
    from {{ ref('fct_open_decisions') }}
    where time_type = 'Kuukausi' and decision in ('Myöntö', 'Hylkäys', 'Tarkistus')
    group by month
)

select
    figure,
    month,
    value
from totals

{#- The register's side of fct_open_month_total, counted as the published tables count recipients and decisions. -#}
{% set measures = {
    'recipients': 'n_persons',
    'households': 'n_households',
    'paid_eur': 'paid_eur',
    'returned_eur': 'returned_eur',
    'granted': 'n_granted',
    'refused': 'n_refused',
    'decided': 'n_granted + n_refused + n_corrected',
} %}

with persons as (
    select
        {{ month_of('month') }} as month,
        count(*) as n_persons
    from {{ ref('fct_receipt_person') }}
    where basis = 'payment'
    group by 1
),

households as (
    select
        {{ month_of('month') }} as month,
        count(distinct case when is_counted then household_key end) as n_households,
        sum(paid_eur) as paid_eur,
        sum(returned_eur) as returned_eur
    from {{ ref('fct_receipt_household') }}
    where basis = 'payment'
    group by 1
),

decisions as (
    select
        {{ month_of('decision_date') }} as month,
        count(*) filter (where result = 'MYONTO' and not is_corrected) as n_granted,
        count(*) filter (where result = 'HYLKAYS' and not is_corrected) as n_refused,
        count(*) filter (where is_corrected) as n_corrected
    from {{ ref('fct_decision') }}
    where result in ('MYONTO', 'HYLKAYS', 'RAUKEAMINEN')
    group by 1
),

months as (
    select
        coalesce(households.month, persons.month, decisions.month) as month,
        persons.n_persons,
        households.n_households,
        households.paid_eur,
        households.returned_eur,
        decisions.n_granted,
        decisions.n_refused,
        decisions.n_corrected
    from households
    full outer join persons on households.month = persons.month
    full outer join decisions on coalesce(households.month, persons.month) = decisions.month
)

{% for figure, measure in measures.items() %}
select
    '{{ figure }}' as figure,
    month,
    cast({{ measure }} as double) as computed
from months
{{ 'union all' if not loop.last }}
{%- endfor %}

with by_payment_month as (
    select
        'payment' as basis,
        household_key,
        payment_month as month,
        benefit_month,
        sum(paid_eur) as paid_eur,
        sum(returned_eur) as returned_eur,
        cast(0 as decimal(12, 2)) as granted_eur
    from {{ ref('fct_payment') }}
    group by household_key, payment_month, benefit_month
),

benefit_rows as (
    select
        household_key,
        benefit_month,
        paid_eur,
        returned_eur,
        cast(0 as decimal(12, 2)) as granted_eur
    from {{ ref('fct_payment') }}
    union all
    select
        household_key,
        month as benefit_month,
        cast(0 as decimal(12, 2)) as paid_eur,
        cast(0 as decimal(12, 2)) as returned_eur,
        granted_eur
    from {{ ref('fct_household_month') }}
),

by_benefit_month as (
    select
        'benefit' as basis,
        household_key,
        benefit_month as month,
        benefit_month,
        sum(paid_eur) as paid_eur,
        sum(returned_eur) as returned_eur,
        sum(granted_eur) as granted_eur
    from benefit_rows
    group by household_key, benefit_month
),

both_bases as (
    select * from by_payment_month
    union all
    select * from by_benefit_month
),

-- A payment month may pay several benefit months: the newest paid one says where the household counts.
ranked as (
    select
        *,
        paid_eur > 0 or granted_eur > 0 as is_received,
        row_number() over (
            partition by basis, household_key, month
            order by case when paid_eur > 0 or granted_eur > 0 then 0 else 1 end, benefit_month desc
        ) as newest_first
    from both_bases
)

select
    ranked.basis,
    ranked.household_key,
    ranked.month,
    ranked.benefit_month,
    ranked.is_received,
    coalesce(household_months.municipality_code, 'unknown') as municipality_code,
    coalesce(household_months.county_code, 'unknown') as county_code,
    coalesce(household_months.household_type, 'unknown') as household_type,
    ranked.is_received and ranked.newest_first = 1 as is_counted,
    cast(ranked.paid_eur as decimal(12, 2)) as paid_eur,
    cast(ranked.returned_eur as decimal(12, 2)) as returned_eur,
    ranked.basis = 'benefit' and coalesce(household_months.is_provisional, false) as is_provisional
from ranked
left join {{ ref('fct_household_month') }} as household_months
    on
        ranked.household_key = household_months.household_key
        and ranked.benefit_month = household_months.month
where ranked.is_received or ranked.paid_eur <> 0 or ranked.returned_eur <> 0

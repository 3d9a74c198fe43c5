with paid as (
    select
        household_key,
        payment_month,
        benefit_month,
        sum(paid_eur) as paid_eur,
        sum(returned_eur) as returned_eur
    from {{ ref('fct_payment') }}
    group by household_key, payment_month, benefit_month
),

-- A payment month may pay several benefit months: the newest paid one says where the household counts.
several_paid as (
    select
        household_key,
        payment_month,
        max(case when paid_eur > 0 then benefit_month end) as counted_month
    from paid
    group by household_key, payment_month
    having count(*) > 1
),

paid_for as (
    select
        household_key,
        benefit_month,
        sum(paid_eur) as paid_eur,
        sum(returned_eur) as returned_eur
    from paid
    group by household_key, benefit_month
),

both_bases as (
    select
        'payment' as basis,
        paid.household_key,
        paid.payment_month as month,
        paid.benefit_month,
        paid.paid_eur > 0 as is_received,
        household_months.municipality_code,
        household_months.household_type,
        paid.paid_eur > 0 and coalesce(paid.benefit_month = several_paid.counted_month, true) as is_counted,
        paid.paid_eur,
        paid.returned_eur,
        false as is_provisional
    from paid
    left join several_paid
        on
            paid.household_key = several_paid.household_key
            and paid.payment_month = several_paid.payment_month
    left join {{ ref('fct_household_month') }} as household_months
        on
            paid.household_key = household_months.household_key
            and paid.benefit_month = household_months.month
    union all
    select
        'benefit' as basis,
        coalesce(paid_for.household_key, household_months.household_key) as household_key,
        coalesce(paid_for.benefit_month, household_months.month) as month,
        coalesce(paid_for.benefit_month, household_months.month) as benefit_month,
        coalesce(paid_for.paid_eur > 0, false) or coalesce(household_months.granted_eur > 0, false) as is_received,
        household_months.municipality_code,
        household_months.household_type,
        coalesce(paid_for.paid_eur > 0, false) or coalesce(household_months.granted_eur > 0, false) as is_counted,
        coalesce(paid_for.paid_eur, 0) as paid_eur,
        coalesce(paid_for.returned_eur, 0) as returned_eur,
        coalesce(household_months.is_provisional, false) as is_provisional
    from paid_for
    full outer join {{ ref('fct_household_month') }} as household_months
        on
            paid_for.household_key = household_months.household_key
            and paid_for.benefit_month = household_months.month
)

select
    both_bases.basis,
    both_bases.household_key,
    both_bases.month,
    both_bases.benefit_month,
    both_bases.is_received,
    coalesce(both_bases.municipality_code, 'unknown') as municipality_code,
    coalesce(areas.county_code, 'unknown') as county_code,
    coalesce(both_bases.household_type, 'unknown') as household_type,
    both_bases.is_counted,
    cast(both_bases.paid_eur as decimal(12, 2)) as paid_eur,
    cast(both_bases.returned_eur as decimal(12, 2)) as returned_eur,
    both_bases.is_provisional
from both_bases
left join {{ ref('dim_municipality') }} as areas on both_bases.municipality_code = areas.municipality_code
where both_bases.is_received or both_bases.paid_eur <> 0 or both_bases.returned_eur <> 0

with newest as (
    {{ newest('kela_household_month', 'month') }}
)

select
    household_key,
    month,
    municipality_code,
    household_type,
    n_adults,
    n_children,
    granted_eur,
    has_no_income,
    main_income_flag,
    rejected
from newest

select
    published.payment_date,
    {{ month_of('published.payment_date') }} as month,
    {{ year_of('published.payment_date') }} as year,
    published.municipality_code as reported_municipality_code,
    areas.today_code as municipality_code,
    areas.county_code,
    published.benefit,
    published.is_return,
    published.paid_eur,
    published.state_eur,
    published.shared_eur
from {{ ref('stg_kela_open_expenditure') }} as published
inner join {{ ref('dim_municipality') }} as areas on published.municipality_code = areas.municipality_code

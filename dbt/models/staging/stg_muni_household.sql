with newest as (
    {{ newest('muni_household') }}
)

select
    municipality_code,
    household_id,
    applicant_key,
    spouse_key,
    n_adults,
    n_children,
    as_of_date
from newest

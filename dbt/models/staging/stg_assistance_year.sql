with newest as (
    {{ newest('assistance_year') }}
)

select
    publisher,
    kind,
    year,
    n_households,
    n_persons,
    gross_eur,
    returned_eur
from newest

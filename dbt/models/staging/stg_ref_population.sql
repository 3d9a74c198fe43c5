with newest as (
    {{ newest('ref_population') }}
)

select
    year,
    municipality_code,
    sex,
    age,
    n_persons
from newest

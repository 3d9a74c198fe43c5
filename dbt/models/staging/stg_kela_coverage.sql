with newest as (
    {{ newest('kela_coverage', 'month') }}
)

select
    month,
    municipality_code,
    complete,
    note
from newest

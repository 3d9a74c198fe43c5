with newest as (
    {{ newest('ref_holiday') }}
)

select
    date,
    kind,
    name_fi
from newest

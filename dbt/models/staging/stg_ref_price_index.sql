with newest as (
    {{ newest('ref_price_index') }}
)

select
    index_code,
    month,
    index_points
from newest

with newest as (
    {{ newest('ref_series_break') }}
)

select
    dataset,
    date,
    date_precision,
    text_code
from newest

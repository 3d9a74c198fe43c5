select
    dataset,
    date,
    date_precision,
    text_code
from {{ ref('stg_ref_series_break') }}

select
    survey_code,
    wave,
    attribute,
    row_no,
    value,
    n_mentions,
    base_n,
    comparable
from {{ ref('stg_prosos_printed_background') }}

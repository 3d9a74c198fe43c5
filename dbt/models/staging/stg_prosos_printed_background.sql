with newest as (
    {{ newest('prosos_printed_background') }}
)

select
    survey_code,
    wave,
    attribute,
    row_no,
    value,
    n_mentions,
    base_n,
    comparable
from newest

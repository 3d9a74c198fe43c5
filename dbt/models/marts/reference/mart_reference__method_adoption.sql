select
    municipality_code,
    method,
    started,
    ended,
    permanent,
    reason,
    document
from {{ ref('dim_method_adoption') }}

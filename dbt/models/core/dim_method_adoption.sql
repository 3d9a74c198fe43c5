select
    municipality_code,
    method,
    started,
    ended,
    permanent,
    reason,
    document
from {{ ref('method_adoption') }}

with newest as (
    {{ newest('ref_code') }}
)

select
    oid,
    version,
    code,
    parent,
    leaf,
    name_fi
from newest

select
    oid,
    version,
    code,
    parent,
    leaf,
    name_fi
from {{ ref('int_reference__code') }}

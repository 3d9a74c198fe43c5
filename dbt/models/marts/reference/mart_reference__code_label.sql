select
    code_set,
    code,
    lang,
    label
from {{ ref('dim_code') }}

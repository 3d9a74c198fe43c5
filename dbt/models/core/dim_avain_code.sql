select
    kind,
    form_version,
    code_set,
    code,
    valid_from,
    valid_to,
    target_code
from {{ ref('stg_avain_code_map') }}

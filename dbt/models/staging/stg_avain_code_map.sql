with newest as (
    {{ newest('avain_code_map') }}
)

select
    kind,
    form_version,
    code_set,
    code,
    valid_from,
    valid_to,
    target_code
from newest

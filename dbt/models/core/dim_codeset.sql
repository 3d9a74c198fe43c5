select
    oid,
    version,
    name_fi,
    classification_key,
    valid_from,
    valid_to
from {{ ref('stg_ref_codeset') }}

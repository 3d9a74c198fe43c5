with newest as (
    {{ newest('ref_codeset') }}
)

select
    oid,
    version,
    name_fi,
    classification_key,
    valid_from,
    valid_to
from newest

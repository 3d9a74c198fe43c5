-- Codes of delivered code sets.
select codes.*
from {{ ref('stg_ref_code') }} as codes
where exists (
    select 1
    from {{ ref('stg_ref_codeset') }} as codesets
    where codesets.oid = codes.oid and codesets.version = codes.version
)

-- Main classes of the national list of goals (OID 1.2.246.537.6.1292), as far as the list is known. Plans may name
-- subclasses only.
select distinct code as goal_code
from {{ ref('int_reference__code') }}
where oid = '1.2.246.537.6.1292' and not leaf

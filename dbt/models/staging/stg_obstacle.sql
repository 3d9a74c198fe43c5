with newest as (
    {{ newest('obstacle') }}
)

select
    obstacle_id,
    reported_date,
    municipality_code,
    reporter_role,
    kind,
    cause,
    authority,
    benefit,
    client_group,
    affected_clients,
    law_ref
from newest

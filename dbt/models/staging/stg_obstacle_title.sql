with newest as (
    {{ newest('obstacle_title') }}
)

select
    obstacle_id,
    lang,
    title,
    reviewed_date,
    reviewer_role
from newest

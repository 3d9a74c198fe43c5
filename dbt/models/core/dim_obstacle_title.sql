select
    obstacle_id,
    lang,
    title,
    reviewed_date,
    reviewer_role
from {{ ref('int_obstacle__title') }}

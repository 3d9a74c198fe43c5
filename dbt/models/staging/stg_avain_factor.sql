with newest as (
    {{ newest('avain_factor') }}
)

select
    assessment_id,
    goal_seq,
    factor_code,
    direction
from newest

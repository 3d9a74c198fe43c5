with newest as (
    {{ newest('prosos_invitation') }}
)

select
    survey_code,
    wave,
    subproject,
    n_sent,
    n_opened,
    n_started,
    n_answers
from newest

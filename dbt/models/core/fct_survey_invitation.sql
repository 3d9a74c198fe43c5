-- A link that was passed on brings more openings, or more answers, than invitations: kept, and marked.
select
    survey_code,
    wave,
    subproject,
    n_sent,
    n_opened,
    n_started,
    n_answers,
    {{ share('n_answers', 'n_sent') }} as response_ratio,
    n_answers > n_sent as over_sent,
    n_opened > n_sent as over_opened
from {{ ref('stg_prosos_invitation') }}

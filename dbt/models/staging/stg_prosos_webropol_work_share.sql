with newest as (
    {{ newest('prosos_webropol_work_share') }}
)

select
    survey_code,
    wave,
    respondent_id,
    individual_pct,
    group_pct,
    structural_pct,
    other_pct
from newest

-- A share left empty counts as none; sums other than 100 are kept and marked.
with shares as (
    select
        survey_code,
        wave,
        respondent_id,
        individual_pct,
        group_pct,
        structural_pct,
        other_pct,
        coalesce(individual_pct, 0)
        + coalesce(group_pct, 0)
        + coalesce(structural_pct, 0)
        + coalesce(other_pct, 0) as total_pct
    from {{ ref('stg_prosos_webropol_work_share') }}
)

select
    survey_code,
    wave,
    respondent_id,
    individual_pct,
    group_pct,
    structural_pct,
    other_pct,
    cast(total_pct as decimal(7, 2)) as total_pct,
    total_pct = 100 as is_100
from shares

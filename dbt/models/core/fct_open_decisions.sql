select
    time_type,
    {{ month_of('month') }} as month,
    {{ year_of('month') }} as year,
    benefit,
    decision,
    n_decisions,
    n_timed,
    days,
    {{ share('days', 'n_timed') }} as mean_days
from {{ ref('stg_kela_open_decisions') }}

{#-
    Attained / judged goals by client, and the interval of statsmodels' Wilson on judgements / design effect:
    1. 2/2, 0/2, 1/1: p = 3/5, residuals 0.8, -1.2, 0.4, variance 3/2 * 2.24 / 25, design effect 2.8;
    2. 3/3, 1/1: all attained, design effect (9 + 1) / 4 = 2.5;
    3. 1/2, 1/2, 1/2: no variance between clients at all; design effect 1, not 0;
    4. 2/2, 0/2, 1/1, 3/4, 1/1, 0/3: design effect 2.140659.
-#}
with cases as (
    select
        1 as case_no, 3 as n, 5 as total, 5 as nn, 5 as nt, 9 as tt, 3 as clients,
        2.8 as effect, 0.121247 as lower_end, 0.942220 as upper_end
    union all
    select 2, 4, 4, 10, 10, 10, 2, 2.5, 0.294039, 1.000000
    union all
    select 3, 3, 6, 3, 6, 12, 3, 1.0, 0.187616, 0.812384
    union all
    select 4, 7, 13, 15, 18, 35, 6, 2.140659, 0.212890, 0.834228
),

with_effect as (
    select
        *,
        {{ design_effect('n', 'total', 'nn', 'nt', 'tt', 'clients') }} as computed_effect
    from cases
)

select case_no
from with_effect
where
    coalesce(abs(computed_effect - effect), 1) > 0.000001
    or coalesce(abs({{ clustered_lower('n', 'total', 'computed_effect') }} - lower_end), 1) > 0.000001
    or coalesce(abs({{ clustered_upper('n', 'total', 'computed_effect') }} - upper_end), 1) > 0.000001

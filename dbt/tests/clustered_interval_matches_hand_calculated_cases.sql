{#-
    Attained / judged goals by client, and the interval of statsmodels' Wilson on judgements / design effect:
    1. 2/2, 0/2, 1/1: p = 3/5, residuals 0.8, -1.2, 0.4, variance 3/2 * 2.24 / 25, design effect 2.8;
    2. 3/3, 1/1: all attained, design effect (9 + 1) / 4 = 2.5;
    3. 1/2, 1/2, 1/2: no variance between clients at all; design effect 1, not 0;
    4. 2/2, 0/2, 1/1, 3/4, 1/1, 0/3: design effect 2.140659.
-#}
with cases as (
    select
        1 as case_no,
        3 as n,
        5 as total,
        5 as nn,
        5 as nt,
        9 as tt,
        3 as clients,
        2.800000 as effect,
        0.121247 as lower_end,
        0.942220 as upper_end
    union all
    select
        2 as case_no,
        4 as n,
        4 as total,
        10 as nn,
        10 as nt,
        10 as tt,
        2 as clients,
        2.500000 as effect,
        0.294039 as lower_end,
        1.000000 as upper_end
    union all
    select
        3 as case_no,
        3 as n,
        6 as total,
        3 as nn,
        6 as nt,
        12 as tt,
        3 as clients,
        1.000000 as effect,
        0.187616 as lower_end,
        0.812384 as upper_end
    union all
    select
        4 as case_no,
        7 as n,
        13 as total,
        15 as nn,
        18 as nt,
        35 as tt,
        6 as clients,
        2.140659 as effect,
        0.212890 as lower_end,
        0.834228 as upper_end
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

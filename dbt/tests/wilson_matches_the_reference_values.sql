-- 81/263 and 15/148, 0/20 and 1/29: Newcombe (1998), Statistics in Medicine 17, 857-872.
with reference_values as (
    select
        81 as n,
        263 as total,
        0.2553 as lower_end,
        0.3662 as upper_end
    union all
    select
        15 as n,
        148 as total,
        0.0624 as lower_end,
        0.1605 as upper_end
    union all
    select
        0 as n,
        20 as total,
        0.0000 as lower_end,
        0.1611 as upper_end
    union all
    select
        1 as n,
        29 as total,
        0.0061 as lower_end,
        0.1718 as upper_end
)

select
    n,
    total
from reference_values
where
    coalesce(abs({{ wilson_lower('n', 'total') }} - lower_end), 1) > 0.00005
    or coalesce(abs({{ wilson_upper('n', 'total') }} - upper_end), 1) > 0.00005

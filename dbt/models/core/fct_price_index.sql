-- Euros of a month times to_newest are euros of the newest month; the mean of a year needs all its months.
with months as (
    select
        index_code,
        month,
        index_points,
        row_number() over (partition by index_code order by month desc) as newest_first
    from {{ ref('stg_ref_price_index') }}
),

years as (
    select
        index_code,
        year(month) as of_year,
        sum(index_points) as points,
        count(*) as n_months
    from months
    group by index_code, year(month)
)

select
    months.index_code,
    {{ month_of('months.month') }} as month,
    {{ year_of('months.month') }} as year,
    months.index_points,
    case when years.n_months = 12 then cast(years.points as double) / 12 end as mean_points_of_year,
    {{ share('newest.index_points', 'months.index_points') }} as to_newest
from months
inner join years on months.index_code = years.index_code and year(months.month) = years.of_year
inner join months as newest on months.index_code = newest.index_code and newest.newest_first = 1

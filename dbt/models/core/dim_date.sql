-- Days of the years whose holidays are known. working_day_no counts working days from the first of them on, so that a
-- difference of two is the number of working days from one day, itself not counted, to the other.
with span as (
    select
        min(year(date)) as first_year,
        max(year(date)) as last_year
    from {{ ref('dim_holiday') }}
),

days as (
    select {{ days_of_years('first_year', 'last_year') }} as date
    from span
),

holidays as (
    select
        date,
        min(kind) as kind
    from {{ ref('dim_holiday') }}
    group by date
),

marked as (
    select
        days.date,
        holidays.kind as holiday_kind,
        -- The first of January 2001 was a Monday.
        {{ days_between("date '2001-01-01'", 'days.date') }} % 7 + 1 as weekday_no
    from days
    left join holidays on days.date = holidays.date
),

weekdays as (
    select
        date,
        holiday_kind,
        weekday_no,
        weekday_no <= 5 and holiday_kind is null as is_working_day
    from marked
)

select
    date,
    {{ first_of_month('date') }} as month,
    {{ year_of('date') }} as year,
    holiday_kind,
    weekday_no,
    is_working_day,
    cast(sum(case when is_working_day then 1 else 0 end) over (
        order by date rows between unbounded preceding and current row
    ) as bigint) as working_day_no
from weekdays

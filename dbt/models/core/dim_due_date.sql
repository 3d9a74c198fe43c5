-- The last day in time for each rule and day of its start. The day of the start does not count. Months end on the same
-- day of the month, and where that is no working day on the next one.
with starts as (
    select
        rules.rule_id,
        rules.basis,
        rules.limit_unit,
        rules.limit_n,
        days.date as start_date,
        days.working_day_no,
        case
            when rules.limit_unit = 'MONTH' then {{ months_after('days.date', 'rules.limit_n') }}
        end as month_end
    from {{ ref('dim_deadline_rule') }} as rules
    inner join {{ ref('dim_date') }} as days
        on rules.valid_from <= days.date and coalesce(rules.valid_to, date '9999-12-31') >= days.date
),

ends as (
    select
        starts.*,
        case
            when starts.limit_unit = 'WORKING_DAY' then starts.working_day_no + starts.limit_n
            when month_ends.is_working_day then month_ends.working_day_no
            else month_ends.working_day_no + 1
        end as due_working_day_no
    from starts
    left join {{ ref('dim_date') }} as month_ends on starts.month_end = month_ends.date
)

select
    ends.rule_id,
    ends.basis,
    ends.start_date,
    due.date as due_date
from ends
left join {{ ref('dim_date') }} as due
    on due.is_working_day and ends.due_working_day_no = due.working_day_no

-- One row: the day up to which the events of notices are known. Where other sources have delivered a later month, a
-- notice without an event must not look as if nobody had acted on it.
select
    coalesce(
        least({{ months_after('newest.newest_month', 1) }} - interval 1 day, horizon.as_of),
        horizon.as_of
    ) as as_of
from {{ ref('int_registry__as_of') }} as horizon
left join {{ ref('int_registry__newest_month') }} as newest on newest.extract = 'etotu_event'

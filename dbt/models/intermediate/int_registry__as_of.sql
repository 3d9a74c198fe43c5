-- One row. No model asks for today's date, so that the same lake always builds the same tables.
select max(period_to) as as_of
from {{ ref('stg_ledger') }}
where accepted

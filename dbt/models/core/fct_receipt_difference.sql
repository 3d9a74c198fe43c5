{{ config(tags=['after_build']) }}

-- The estimates are made of these outside of SQL: whose rows are behind them must be known all the same.
-- depends_on: {{ ref('fct_receipt_cohort') }}

select *
from {{ ref('stg_difference_estimate') }}

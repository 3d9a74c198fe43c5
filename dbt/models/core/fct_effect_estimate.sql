{{ config(tags=['after_build']) }}

-- The estimates are made of these outside of SQL: whose rows are behind them must be known all the same.
-- depends_on: {{ ref('fct_effect_panel') }}
-- depends_on: {{ ref('fct_effect_unit') }}

select *
from {{ ref('stg_effect_estimate') }}

{{ config(tags=['after_build']) }}

-- The estimates are made of these outside of SQL: whose rows are behind them must be known all the same.
-- depends_on: {{ ref('fct_effect_panel') }}
-- depends_on: {{ ref('fct_effect_unit') }}

-- What was estimated, beside what could have been found: nothing could, where all clients of AVAIN together would have
-- moved the outcome by less than the least effect that the comparison would show.
select
    *,
    largest_visible_share >= minimum_detectable as could_be_found
from {{ ref('stg_effect_estimate') }}

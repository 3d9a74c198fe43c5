-- Decisions on households of the same municipality; another's household may have the same id.
select
    decisions.*,
    households.municipal_household_key,
    {{ municipal_key('decisions.municipality_code', 'decisions.decision_id') }} as decision_key
from {{ ref('stg_muni_supp_decision') }} as decisions
inner join {{ ref('int_municipal__household') }} as households
    on
        decisions.municipality_code = households.municipality_code
        and decisions.household_id = households.household_id

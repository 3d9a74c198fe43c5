select
    *,
    {{ municipal_key('municipality_code', 'household_id') }} as municipal_household_key
from {{ ref('stg_muni_household') }}

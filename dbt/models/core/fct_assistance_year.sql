select
    publisher as source,
    case kind
        when 'PERUS' then 'basic'
        when 'TAYDENTAVA' then 'supplementary'
        when 'EHKAISEVA' then 'preventive'
        when 'KAIKKI' then 'all'
    end as kind,
    cast(year as string) as year,
    n_households,
    n_persons,
    gross_eur,
    returned_eur
from {{ ref('stg_assistance_year') }}

with municipalities as (
    select
        municipality_code,
        today_code,
        name_fi,
        name_sv,
        name_fi as name_en,
        region_code,
        county_code,
        urbanity_code,
        kela_district_code,
        valid_from,
        valid_to,
        successor_code,
        is_mainland,
        false as is_mask
    from {{ ref('int_area__municipality') }}
),

-- Not areas: Kela's mask for small numbers, and what no source knows or may tell. The two stay apart.
substitutes as (
    select
        '199' as municipality_code,
        'Kelan peittämä kunta' as name_fi,
        'Kommun dold av FPA' as name_sv,
        'Municipality masked by Kela' as name_en,
        true as is_mask
    union all
    select
        'unknown' as municipality_code,
        'Tuntematon' as name_fi,
        'Okänd' as name_sv,
        'Unknown' as name_en,
        false as is_mask
)

select * from municipalities
union all
select
    municipality_code,
    municipality_code as today_code,
    name_fi,
    name_sv,
    name_en,
    'unknown' as region_code,
    'unknown' as county_code,
    'unknown' as urbanity_code,
    'unknown' as kela_district_code,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to,
    cast(null as string) as successor_code,
    false as is_mainland,
    is_mask
from substitutes

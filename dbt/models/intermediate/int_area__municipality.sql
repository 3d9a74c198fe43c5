-- One row a code: the newest validity of each, since some municipalities changed region and kept their code.
with validities as (
    select
        *,
        row_number() over (
            partition by municipality_code order by valid_from desc nulls last, valid_to desc nulls first
        ) as newest_first
    from {{ ref('stg_municipality') }}
),

municipalities as (
    select * from validities
    where newest_first = 1
),

-- Mergers of merged municipalities: three steps are more than Finland has seen; a test counts what is left over.
followed as (
    select
        municipalities.*,
        coalesce(
            next_3.municipality_code, next_2.municipality_code, next_1.municipality_code,
            municipalities.municipality_code
        ) as today_code
    from municipalities
    left join municipalities as next_1 on municipalities.successor_code = next_1.municipality_code
    left join municipalities as next_2 on next_1.successor_code = next_2.municipality_code
    left join municipalities as next_3 on next_2.successor_code = next_3.municipality_code
)

select
    followed.municipality_code,
    followed.today_code,
    followed.name_fi,
    followed.name_sv,
    followed.region_code,
    followed.region_name_fi,
    today.county_code,
    today.urbanity_code,
    today.kela_district_code,
    followed.valid_from,
    followed.valid_to,
    followed.successor_code,
    today.region_code <> '21' as is_mainland
from followed
inner join municipalities as today on followed.today_code = today.municipality_code

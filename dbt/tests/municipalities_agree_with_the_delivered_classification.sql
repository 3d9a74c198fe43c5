-- The seed that models read against Statistics Finland's delivery, in both directions. A difference is news (a merger,
-- a new name), not an error: the seed is then brought up to date. Older validities begin with the oldest delivered.
{{ config(severity='warn') }}

with delivered as (
    select
        municipality_code,
        name_fi,
        name_sv,
        region_code,
        valid_from,
        valid_to,
        successor_code
    from {{ ref('dim_municipality_validity') }}
),

oldest as (
    select min(valid_from) as first_day from delivered
),

seeded as (
    select
        seeds.municipality_code,
        seeds.name_fi,
        seeds.name_sv,
        seeds.region_code,
        coalesce(seeds.valid_from, oldest.first_day) as valid_from,
        seeds.valid_to,
        seeds.successor_code
    from {{ ref('stg_municipality') }} as seeds
    cross join oldest
    where oldest.first_day is not null
),

only_seeded as (
    select * from seeded
    except
    select * from delivered
),

only_delivered as (
    select * from delivered
    except
    select * from seeded
)

select
    municipality_code,
    'seed only' as stands_in
from only_seeded
union all
select
    municipality_code,
    'delivery only' as stands_in
from only_delivered

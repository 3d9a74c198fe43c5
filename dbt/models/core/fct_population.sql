select
    cast(population.year as string) as year,
    areas.today_code as municipality_code,
    areas.county_code,
    population.sex,
    {{ age_group('population.age') }} as age_group,
    cast(sum(population.n_persons) as bigint) as n_persons
from {{ ref('stg_ref_population') }} as population
inner join {{ ref('dim_municipality') }} as areas on population.municipality_code = areas.municipality_code
where areas.is_mainland
group by
    population.year,
    areas.today_code,
    areas.county_code,
    population.sex,
    {{ age_group('population.age') }}

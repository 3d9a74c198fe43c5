-- Municipalities that have merged since are one: it is covered where each of them is.
select
    coverage.month,
    areas.today_code as municipality_code,
    areas.county_code,
    bool_and(coverage.complete) as is_complete,
    min(coverage.note) as note
from {{ ref('stg_kela_coverage') }} as coverage
inner join {{ ref('dim_municipality') }} as areas on coverage.municipality_code = areas.municipality_code
group by coverage.month, areas.today_code, areas.county_code

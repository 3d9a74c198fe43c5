{#- Kind and source are fixed: they stand in every row; the kind `all` is the publisher's own total, not our sum. -#}
{% set dimensions = ['kind', 'source', 'year'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions], 'fixed': ['kind', 'source']}) }}

with index_of_years as (
    select
        year,
        max(mean_points_of_year) as mean_points
    from {{ ref('fct_price_index') }}
    where index_code = 'ELINKUSTANNUS' and mean_points_of_year is not null
    group by year
),

newest_full_year as (
    select max(year) as year
    from index_of_years
)

select
    '{{ dimensions | join(',') }}' as cut,
    totals.kind,
    totals.source,
    totals.year,
    totals.n_households,
    totals.n_persons,
    cast(totals.gross_eur as decimal(18, 2)) as gross_eur,
    cast(totals.returned_eur as decimal(18, 2)) as returned_eur,
    cast(totals.gross_eur * newest.mean_points / index_of_years.mean_points as decimal(18, 2)) as real_eur
from {{ ref('fct_assistance_year') }} as totals
left join index_of_years on totals.year = index_of_years.year
left join newest_full_year on true
left join index_of_years as newest on newest_full_year.year = newest.year

-- Municipalities that can be held against each other: those of the model, and the larger ones without it. Residents are
-- those of the last year end before the model, or of the nearest that is known.
with sizes as (
    select
        municipality_code,
        county_code,
        sum(n_persons) as n_inhabitants,
        row_number() over (
            partition by municipality_code
            order by abs(cast(year as integer) - (year(cast('{{ var("model_began") }}' as date)) - 1)), year
        ) as nearest_first
    from {{ ref('fct_population') }}
    group by municipality_code, county_code, year
),

pilots as (
    select
        municipality_code,
        min(cast(ended || '-01' as date)) as left_month
    from {{ ref('dim_method_adoption') }}
    where method = 'OSALLISTAVA_MALLI'
    group by municipality_code
),

clients as (
    select
        municipality_code,
        count(distinct person_key) as n_clients
    from {{ ref('fct_avain_assessment') }}
    where
        assessment_kind = 'ALKU'
        and assessment_date >= cast('{{ var("model_began") }}' as date)
        and assessment_date < cast('{{ var("effect_window_ends") }}' as date)
    group by municipality_code
)

select
    sizes.municipality_code,
    sizes.county_code,
    pilots.left_month,
    cast(sizes.n_inhabitants as bigint) as n_inhabitants,
    pilots.municipality_code is not null as is_pilot,
    cast(coalesce(clients.n_clients, 0) as bigint) as n_clients
from sizes
left join pilots on sizes.municipality_code = pilots.municipality_code
left join clients on sizes.municipality_code = clients.municipality_code
where
    sizes.nearest_first = 1
    and (pilots.municipality_code is not null or sizes.n_inhabitants >= {{ var('effect_fewest_inhabitants') }})

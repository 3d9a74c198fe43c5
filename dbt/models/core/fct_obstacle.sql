-- An obstacle is as its newest status says; it is closed by a status after which nothing more is expected.
with newest_status as (
    select
        obstacle_id,
        status,
        date,
        row_number() over (partition by obstacle_id order by seq desc) as newest_first
    from {{ ref('int_obstacle__status') }}
)

select
    obstacles.obstacle_id,
    obstacles.reported_date,
    coalesce(areas.today_code, 'unknown') as municipality_code,
    obstacles.reporter_role,
    obstacles.kind,
    obstacles.cause,
    obstacles.authority,
    obstacles.benefit,
    obstacles.client_group,
    obstacles.affected_clients,
    obstacles.law_ref,
    statuses.status,
    case
        when statuses.status in ('RATKAISTU', 'EI_RATKAISTAVISSA', 'SIIRRETTY_LAINSAADANTOON') then statuses.date
    end as closed_date,
    case
        when statuses.status in ('RATKAISTU', 'EI_RATKAISTAVISSA')
            then {{ days_between('obstacles.reported_date', 'statuses.date') }}
    end as days_open
from {{ ref('stg_obstacle') }} as obstacles
left join newest_status as statuses on obstacles.obstacle_id = statuses.obstacle_id and statuses.newest_first = 1
left join {{ ref('dim_municipality') }} as areas on obstacles.municipality_code = areas.municipality_code

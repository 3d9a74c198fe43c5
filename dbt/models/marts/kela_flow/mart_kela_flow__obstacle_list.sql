{% set dimensions = ['list_no', 'status'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}) }}

-- A title is in the table of titles only once it has been reviewed.
with titles as (
    select
        obstacle_id,
        max(title) filter (where lang = 'fi') as title_fi,
        max(title) filter (where lang = 'sv') as title_sv,
        max(title) filter (where lang = 'en') as title_en
    from {{ ref('dim_obstacle_title') }}
    group by obstacle_id
),

listed as (
    select
        titles.title_fi,
        titles.title_sv,
        titles.title_en,
        obstacles.law_ref,
        obstacles.reported_date,
        coalesce(obstacles.status, 'unknown') as status
    from {{ ref('fct_obstacle') }} as obstacles
    inner join titles on obstacles.obstacle_id = titles.obstacle_id
),

-- Numbered by what is published and never by the pseudonym, whose order changes with the key.
numbered as (
    select
        *,
        row_number() over (
            order by
                reported_date,
                coalesce(title_fi, title_sv, title_en),
                status,
                coalesce(law_ref, '')
        ) as place
    from listed
)

select
    '{{ dimensions | join(',') }}' as cut,
    lpad(cast(place as string), 4, '0') as list_no,
    status,
    title_fi,
    title_sv,
    title_en,
    law_ref
from numbered

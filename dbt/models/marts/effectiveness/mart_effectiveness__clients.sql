{% set dimensions = ['pilot_group', 'municipality_code', 'county_code', 'year', 'form_version'] %}
{% set cuts = [
    ['year'],
    ['pilot_group'],
    ['municipality_code'],
    ['county_code', 'year'],
    ['year', 'form_version']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

with clients as (
    select
        *,
        coalesce({{ year_of('first_assessment_date') }}, 'unknown') as year
    from {{ ref('fct_avain_client') }}
),

counted as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(distinct person_key) as n_clients,
        count(distinct case when is_in_base then person_key end) as n_in_base,
        count(distinct case when is_at_mid_evaluation then person_key end) as n_at_mid_evaluation,
        count(distinct case when is_reviewed then person_key end) as n_reviewed,
        -- Where the form does not ask, nobody knows: not 0, but empty.
        case when count(client_present) > 0 then count(distinct case when client_present then person_key end) end
            as n_client_present,
        case
            when count(receives_supp_prev) > 0
                then count(distinct case when receives_supp_prev then person_key end)
        end as n_supp_prev,
        count(distinct case when municipality_code <> 'unknown' then person_key end) as n_with_area,
        count(distinct case when days_to_review is not null then person_key end) as n_timed,
        cast(median(days_to_review) as double) as median_days_to_review
    from clients
    group by {{ cut_sets(cuts) }}
),

-- The target group of a cell is that of the municipalities and years in which its clients began.
places as (
    select distinct
        pilot_group,
        municipality_code,
        county_code,
        year,
        form_version
    from clients
),

reached as (
    select distinct
        person_key,
        municipality_code,
        year
    from clients
),

target_group as (
    select
        places.pilot_group,
        places.municipality_code,
        places.county_code,
        places.year,
        places.form_version,
        targets.person_key,
        reached.person_key as reached_key
    from places
    inner join {{ ref('fct_long_unemployed_year') }} as targets
        on places.municipality_code = targets.municipality_code and places.year = targets.year
    left join reached
        on
            targets.person_key = reached.person_key
            and targets.municipality_code = reached.municipality_code
            and targets.year = reached.year
    where places.municipality_code <> 'unknown'
),

targeted as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(distinct person_key) as n_target_group,
        count(distinct reached_key) as n_target_reached
    from target_group
    group by {{ cut_sets(cuts) }}
),

-- Without an area nobody knows whom the clients were chosen from: not 0, but unknown.
joined as (
    select
        counted.*,
        case when counted.n_with_area > 0 then coalesce(targeted.n_target_group, 0) end as n_target_group,
        case when counted.n_with_area > 0 then coalesce(targeted.n_target_reached, 0) end as n_target_reached
    from counted
    left join targeted
        on
            counted.cut = targeted.cut
            {%- for dimension in dimensions %}
            and counted.{{ dimension }} = targeted.{{ dimension }}
            {%- endfor %}
)

select
    cut,
    {{ dimensions | join(', ') }},
    n_clients,
    n_in_base,
    n_at_mid_evaluation,
    n_reviewed,
    {{ share('n_reviewed', 'n_clients') }} as review_coverage_share,
    n_client_present,
    n_supp_prev,
    n_target_group,
    {{ share('n_target_reached', 'n_target_group') }} as coverage_share,
    median_days_to_review,
    n_target_reached,
    n_timed
from joined

{% set dimensions = ['municipality_code', 'county_code', 'household_type', 'channel', 'urgency', 'month', 'year'] %}
{% set cuts = [
    ['year'],
    ['month'],
    ['urgency', 'month'],
    ['county_code', 'month'],
    ['county_code', 'year'],
    ['municipality_code', 'year'],
    ['channel', 'year'],
    ['household_type', 'year']
] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

-- The first decision on an application stands for the application; one that corrects it takes its place as a decision.
with decisions as (
    select
        *,
        case when urgent then 'KIIREELLINEN' else 'TAVALLINEN' end as urgency,
        corrected_decision_id is null as is_first,
        {{ month_of('decision_date') }} as month,
        {{ year_of('decision_date') }} as year
    from {{ ref('fct_decision') }}
    where result in ('MYONTO', 'HYLKAYS', 'RAUKEAMINEN')
),

counted as (
    select
        {{ cut_columns(dimensions, cuts) }},
        count(*) filter (where is_first) as n_applications,
        count(additional_info_requested_date) filter (where is_first) as n_info_requested,
        count(*) filter (where is_first and is_request_late) as n_request_late,
        count(*) filter (where not is_corrected) as n_decisions,
        count(*) filter (where not is_corrected and result = 'MYONTO') as n_granted,
        count(*) filter (
            where not is_corrected and result = 'HYLKAYS' and reject_reason = 'EI_LASKENNALLISTA_OIKEUTTA'
        ) as n_refused_no_right,
        count(*) filter (
            where not is_corrected and result = 'HYLKAYS' and reject_reason = 'TIEDOT_PUUTTUU'
        ) as n_refused_missing_information,
        count(*) filter (
            where
            not is_corrected
            and result = 'HYLKAYS'
            and coalesce(reject_reason, 'MUU') not in ('EI_LASKENNALLISTA_OIKEUTTA', 'TIEDOT_PUUTTUU')
        ) as n_refused_other,
        count(*) filter (where not is_corrected and result = 'RAUKEAMINEN') as n_lapsed,
        count(*) filter (where is_corrected) as n_corrected,
        count(is_in_time) as n_timed,
        count(*) filter (where is_in_time) as n_in_time,
        cast(median(working_days) as double) as median_working_days,
        avg(cast(days_from_application as double)) as mean_days
    from decisions
    group by {{ cut_sets(cuts) }}
)

select
    *,
    n_granted + n_refused_no_right + n_refused_missing_information + n_refused_other as n_granted_or_refused,
    {{ share('n_corrected', 'n_applications') }} as corrected_share,
    {{ share('n_granted', 'n_granted + n_refused_no_right + n_refused_missing_information + n_refused_other') }}
        as granted_share,
    {{ share('n_in_time', 'n_timed') }} as in_time_share
from counted

{% set dimensions = ['dataset', 'date', 'text_code'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}) }}
{#- Extracts of each series, by how their names begin; the law's time limits are none, they break with the law. -#}
{% set extracts = {
    'KELA_TOIMEENTULOTUKI': ['kela_', 'assistance_year'],
    'ETOTU': ['etotu_notification', 'etotu_event'],
    'AVAIN': ['avain_'],
} %}

with labels as (
    select
        code,
        max(case when lang = 'fi' then label end) as text_fi,
        max(case when lang = 'sv' then label end) as text_sv,
        max(case when lang = 'en' then label end) as text_en
    from {{ ref('dim_code') }}
    where code_set = 'series_break'
    group by code
)

select
    '{{ dimensions | join(',') }}' as cut,
    breaks.dataset,
    -- A day is not made up where a year or a month is known.
    substr(
        cast(breaks.date as string), 1, case breaks.date_precision when 'Y' then 4 when 'M' then 7 else 10 end
    ) as date,
    breaks.text_code,
    labels.text_fi,
    labels.text_sv,
    labels.text_en,
    case breaks.dataset
        {%- for dataset, starts in extracts.items() %}
        when '{{ dataset }}' then '{{ touched_tables(starts) }}'
        {%- endfor %}
    end as tables
from {{ ref('fct_series_break') }} as breaks
left join labels on breaks.text_code = labels.code

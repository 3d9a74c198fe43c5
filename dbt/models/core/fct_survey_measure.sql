{#- What the warehouse computes of the surveys, one row a measure and cell: the counterpart of printed numbers. -#}
{% set response_measures = ['n_sent', 'n_opened', 'n_started', 'n_answers', 'response_ratio'] %}

with measures as (
    {%- for measure in response_measures %}
    select
        'survey_response.{{ measure }}' as measure_key,
        survey_code,
        wave,
        subproject,
        '' as attribute,
        '' as row_no,
        '' as value,
        cast({{ measure }} as double) as computed
    from {{ ref('fct_survey_printed_response') }}
    union all
    {%- endfor %}
    select
        'survey_background.n_mentions' as measure_key,
        survey_code,
        wave,
        '' as subproject,
        attribute,
        cast(row_no as string) as row_no,
        value,
        cast(n_mentions as double) as computed
    from {{ ref('fct_survey_printed_background') }}
)

select * from measures
where computed is not null

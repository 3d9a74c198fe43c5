{% set dimensions = ['survey_code', 'wave', 'attribute', 'row_no', 'value'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}) }}

select
    '{{ dimensions | join(',') }}' as cut,
    survey_code,
    wave,
    attribute,
    lpad(cast(row_no as string), 2, '0') as row_no,
    value,
    n_mentions,
    base_n,
    comparable
from {{ ref('fct_survey_printed_background') }}

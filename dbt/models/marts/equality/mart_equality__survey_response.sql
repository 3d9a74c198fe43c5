{% set dimensions = ['survey_code', 'wave', 'subproject'] %}
{% set cuts = [['survey_code', 'wave'], ['survey_code', 'wave', 'subproject']] %}
{{ config(meta={'dimensions': dimensions, 'cuts': cuts}) }}

select
    case when subproject = 'all' then 'survey_code,wave' else 'survey_code,wave,subproject' end as cut,
    survey_code,
    wave,
    subproject,
    n_sent,
    n_opened,
    n_started,
    n_answers,
    response_ratio,
    n_answers > n_sent as over_sent,
    n_opened > n_sent as over_opened
from {{ ref('fct_survey_printed_response') }}

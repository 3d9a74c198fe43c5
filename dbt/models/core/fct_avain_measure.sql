-- What the warehouse computes of AVAIN, by year: the counterpart of printed numbers, each in its published cell.
{% set measures = {'n_in_base': 'is_in_base', 'n_at_mid_evaluation': 'is_at_mid_evaluation'} %}

{%- for measure, flag in measures.items() %}
select
    'effectiveness.clients.{{ measure }}' as measure_key,
    {{ year_of('first_assessment_date') }} as year,
    cast(count(distinct case when {{ flag }} then person_key end) as double) as computed
from {{ ref('fct_avain_client') }}
where first_assessment_date is not null
group by {{ year_of('first_assessment_date') }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}

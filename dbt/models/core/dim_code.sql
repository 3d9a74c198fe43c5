{#- Code set, model that names its codes. -#}
{% set areas = [('municipality_code', 'dim_municipality'), ('county_code', 'county')] %}

-- Labels of every code: the lists kept by hand, and the areas with their names.
select
    code_set,
    code,
    lang,
    label
from {{ ref('code_label') }}
{%- for code_set, area_model in areas %}
{%- for lang in ['fi', 'sv', 'en'] %}
union all
select
    '{{ code_set }}' as code_set,
    {{ code_set }} as code,
    '{{ lang }}' as lang,
    name_{{ lang }} as label
from {{ ref(area_model) }}
{%- endfor %}
{%- endfor %}

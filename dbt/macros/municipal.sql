{#- Ids of municipalities are unique within one: two may give out the same. What stands for both in core. -#}
{% macro municipal_key(municipality_code, id) -%}
    md5(concat({{ municipality_code }}, '-', cast({{ id }} as string)))
{%- endmacro %}

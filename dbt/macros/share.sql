{#- A quotient as a double; NULL, not an error and not 0, where there is nothing to divide by. -#}
{% macro share(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

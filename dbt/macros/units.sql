{#- Distinct persons or households of fct_receipt_*_year: those with one row in the year count by their row. -#}
{% macro units_of_years(key) -%}
    count(*) filter (where is_only_row) + count(distinct case when not is_only_row then {{ key }} end)
{%- endmacro %}

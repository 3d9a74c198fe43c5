{#-
    Today's municipality and county of the receiver of a notice. A protected person has no area; notices to counties
    have no municipality. Arguments: aliases of the notices, of dim_person and of dim_municipality.
-#}
{% macro receiving_municipality(notices, persons, areas) -%}
    case
        when {{ persons }}.protected or {{ notices }}.area_type <> 'KUNTA' then 'unknown'
        else coalesce({{ areas }}.today_code, 'unknown')
    end
{%- endmacro %}

{% macro receiving_county(notices, persons, areas) -%}
    case
        when {{ persons }}.protected then 'unknown'
        when {{ notices }}.area_type = 'HVA' then {{ notices }}.area_code
        else coalesce({{ areas }}.county_code, 'unknown')
    end
{%- endmacro %}

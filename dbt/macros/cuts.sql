{#- The column cut and the dimension columns; a dimension that a row does not break out reads 'all'. -#}
{% macro cut_columns(dimensions) -%}
    concat_ws(',' {%- for d in dimensions %}, case when grouping({{ d }}) = 0 then '{{ d }}' end {%- endfor %}) as cut
    {%- for d in dimensions %},
    case when grouping({{ d }}) = 1 then 'all' else coalesce(cast({{ d }} as string), 'unknown') end as {{ d }}
    {%- endfor %}
{%- endmacro %}

{#-
    within: columns that every set keeps apart although they are no dimension, such as the client of clustered counts.
    without: dimensions that the counted unit does not have; cuts that break one of them out are left out.
-#}
{% macro cut_sets(cuts, within=[], without=[]) -%}
    {%- set fitting = [] -%}
    {%- for cut in cuts if not (cut | select('in', without) | list) -%}
        {%- set _ = fitting.append('(' ~ (cut + within) | join(', ') ~ ')') -%}
    {%- endfor -%}
    grouping sets ({{ fitting | join(', ') }})
{%- endmacro %}

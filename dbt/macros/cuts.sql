{#-
    The column cut and the dimension columns; a dimension that a row does not break out reads 'all'.
    without: dimensions that the counted unit does not have; cuts that break one of them out are left out.
-#}
{% macro cut_columns(dimensions, cuts, without=[]) -%}
    {%- set broken_out = [] -%}
    {%- for cut in cuts if not (cut | select('in', without) | list) -%}
        {%- set _ = broken_out.extend(cut) -%}
    {%- endfor -%}
    concat_ws(
        ','
        {%- for d in dimensions if d in broken_out %}, case when grouping({{ d }}) = 0 then '{{ d }}' end {%- endfor -%}
    ) as cut
    {%- for d in dimensions %},
    {%- if d in broken_out %}
    case when grouping({{ d }}) = 1 then 'all' else coalesce(cast({{ d }} as string), 'unknown') end as {{ d }}
    {%- else %}
    'all' as {{ d }}
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- within: columns that every set keeps apart although they are no dimension, such as the client of clustered counts. -#}
{% macro cut_sets(cuts, within=[], without=[]) -%}
    {%- set sets = [] -%}
    {%- for cut in cuts if not (cut | select('in', without) | list) -%}
        {%- set _ = sets.append('(' ~ (cut + within) | join(', ') ~ ')') -%}
    {%- endfor -%}
    grouping sets ({{ sets | join(', ') }})
{%- endmacro %}

{#- The cuts of a denominator, which does not have these dimensions: each once. -#}
{% macro cuts_without(cuts, without) -%}
    {%- set left = [] -%}
    {%- for cut in cuts -%}
        {%- set rest = cut | reject('in', without) | list -%}
        {%- if rest not in left -%}{%- set _ = left.append(rest) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(left) }}
{%- endmacro %}

{#-
    Published tables that cannot be made without an extract of some kind (meta.needs), by name and comma-separated: what
    a break of the series in that extract touches. `starts` are beginnings of names of extracts. While dbt parses, and in
    a unit test, it knows no other models: the list is empty there.
-#}
{% macro touched_tables(starts) -%}
    {%- set tables = [] -%}
    {%- set nodes = graph.get('nodes', {}).values() if execute else [] -%}
    {%- for node in nodes if node.resource_type == 'model' and node.name.startswith('mart_') -%}
        {%- set found = namespace(any=false) -%}
        {%- for extract in node.config.meta.get('needs', []) -%}
            {%- for start in starts if extract.startswith(start) -%}
                {%- set found.any = true -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if found.any -%}
            {%- do tables.append(node.name[5:] | replace('__', '.')) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ tables | sort | join(', ') }}
{%- endmacro %}

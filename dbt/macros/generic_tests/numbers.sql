{% test at_least(model, column_name, value) %}
select {{ column_name }} from {{ model }} where {{ column_name }} < {{ value }}
{% endtest %}

{% test at_most(model, column_name, value) %}
select {{ column_name }} from {{ model }} where {{ column_name }} > {{ value }}
{% endtest %}

{% test share_between_0_1(model, column_name) %}
select {{ column_name }} from {{ model }} where {{ column_name }} < 0 or {{ column_name }} > 1
{% endtest %}

{#- Columns in falling order: no stage holds more than the one before it. NULL compares with nothing. -#}
{% test not_increasing(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where
    {%- for column in columns[1:] %}
    {{ 'or ' if not loop.first }}{{ column }} > {{ columns[loop.index0] }}
    {%- endfor %}
{% endtest %}

{#- Parts add up to the whole in every row. -#}
{% test sums_to(model, parts, whole) %}
select {{ whole }} from {{ model }} where {{ parts | join(' + ') }} <> {{ whole }}
{% endtest %}

{#- An interval holds its estimate; the margin takes rounding of doubles. -#}
{% test interval_holds(model, lower, estimate, upper) %}
select {{ estimate }}
from {{ model }}
where {{ lower }} > {{ estimate }} + 1e-9 or {{ upper }} < {{ estimate }} - 1e-9
{% endtest %}

{#- Orphans are left out and counted; more than the limit means that a delivery does not fit the others. -#}
{% test orphans_below_limit(model) %}
select
    extract,
    rule
from {{ model }}
where n_orphans > {{ var('orphan_limit') }} * n_rows
{% endtest %}

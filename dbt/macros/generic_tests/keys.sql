{#- One row per combination, and no part of it missing. -#}
{% test unique_combination(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as n_rows
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}

{#-
    A table has rows. A mart whose `meta.needs` names extracts has them once each of these has rows in the lake: a home
    in which a source was never delivered, or was forgotten with its permit, publishes the rest.
-#}
{% test not_empty(model) %}
{%- set ledger = ref('stg_ledger') %}
{%- set needs = [] %}
{%- if execute %}
{%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == model.identifier %}
{%- set _ = needs.extend(node.config.meta.get('needs', [])) %}
{%- endfor %}
{%- endif %}
select counted.n_rows
from (select count(*) as n_rows from {{ model }}) as counted
where
    counted.n_rows = 0
    {%- for extract in needs %}
    and exists (
        select 1 from {{ ledger }}
        where extract = '{{ extract }}' and accepted and n_loaded > coalesce(n_forgotten, 0)
    )
    {%- endfor %}
{% endtest %}

{#- A household has exactly one counting row in each month it received in. -#}
{% test counted_once_a_month(model) %}
select
    basis,
    household_key,
    month
from {{ model }}
group by basis, household_key, month
having count(*) filter (where is_counted) <> max(case when is_received then 1 else 0 end)
{% endtest %}

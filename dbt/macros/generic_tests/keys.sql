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

{% test not_empty(model) %}
select counted.n_rows
from (select count(*) as n_rows from {{ model }}) as counted
where counted.n_rows = 0
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

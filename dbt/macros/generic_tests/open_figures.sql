{#- Kela's number and the register's are as near as the rule of the measure says, or else apart by at most a share. -#}
{% test register_is_near(model, share=0) %}
select
    figure_id,
    relative_difference
from {{ model }}
where
    abs(computed - value) > tolerance + 1e-9
    and coalesce(relative_difference, 1) > {{ share }}
order by relative_difference desc
{% endtest %}

{#-
    Which time limit of the Act on Social Assistance (1412/1997) a decision on an application is held against, and the
    day on which its clock starts: urgent ones from arrival, others from completion, and where nothing came from the
    end of the time that was given. An application that never was complete and was given no time has no clock.
-#}
{% macro decision_rule(urgent, complete, deadline) -%}
    case
        when {{ urgent }} then 'TOTUL_PAATOS_KIIREELLINEN'
        when {{ complete }} is not null then 'TOTUL_PAATOS'
        when {{ deadline }} is not null then 'TOTUL_PAATOS_MAARAAJAN_JALKEEN'
    end
{%- endmacro %}

{% macro decision_clock_start(urgent, applied, complete, deadline) -%}
    case when {{ urgent }} then {{ applied }} else coalesce({{ complete }}, {{ deadline }}) end
{%- endmacro %}

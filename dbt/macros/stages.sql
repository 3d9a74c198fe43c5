{#- Stage of the process that an event gives evidence of; 0 where it is none of them. -#}
{% macro stage_of(event_type) -%}
    case {{ event_type }}
        when 'VASTAANOTETTU' then 1
        when 'YHT_PUHELIN' then 2
        when 'YHT_KIRJE' then 2
        when 'YHT_VIESTI' then 2
        when 'EI_TAVOITETTU_KIRJE' then 2
        when 'TAVOITETTU' then 3
        when 'AIKA_VARATTU' then 4
        when 'AIKA_PERUTTU' then 4
        when 'EI_SAAPUNUT' then 4
        when 'TAPAAMINEN' then 5
        when 'PTA_ALOITETTU' then 6
        when 'PTA_VALMIS' then 7
        when 'SUUNNITELMA' then 8
        else 0
    end
{%- endmacro %}

{#-
    How a step from one stage to another leaves the order of the process: `skipped` where stages lie between them,
    `reversed` where it goes back, else `none`. Events that are no stage deviate from nothing.
-#}
{% macro deviation(from_stage, to_stage) -%}
    case
        when {{ to_stage }} = 0 then 'none'
        when {{ to_stage }} > {{ from_stage }} + 1 then 'skipped'
        when {{ to_stage }} < {{ from_stage }} then 'reversed'
        else 'none'
    end
{%- endmacro %}

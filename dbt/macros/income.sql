{#-
    What kind of income a line is, from nothing that counts to what does: Kela calls a household without income where no
    member has earnings or a primary benefit, whatever housing allowance, child benefit or maintenance support it has.
    Kela's own classes and THL's code set 1254 are read here and nowhere else.
-#}
{% macro income_rank(income_code) -%}
    case
        when {{ income_code }} in ('KELA_ASUMISTUKI', 'KELA_LAPSILISA', 'KELA_ELATUSTUKI') then 1
        when {{ income_code }} = '1' then 4
        when {{ income_code }} like 'KELA~_%' escape '~' then 3
        else 2
    end
{%- endmacro %}

{% macro income_reason(rank) -%}
    case {{ rank }}
        when 4 then 'earnings'
        when 3 then 'primary_benefit'
        when 2 then 'other_income'
        when 1 then 'secondary_only'
        else 'nothing'
    end
{%- endmacro %}

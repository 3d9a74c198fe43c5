{#- Month of a date or timestamp as YYYY-MM, year as YYYY: how published tables name them. -#}
{% macro month_of(moment) -%}
    substr(cast({{ moment }} as string), 1, 7)
{%- endmacro %}

{% macro year_of(moment) -%}
    substr(cast({{ moment }} as string), 1, 4)
{%- endmacro %}

{#- Months counted through the years, so that those in a row differ by one. -#}
{% macro month_no(moment) -%}
    cast(year({{ moment }}) * 12 + month({{ moment }}) as bigint)
{%- endmacro %}

{% macro first_of_month(moment) -%}
    cast(date_trunc('month', {{ moment }}) as date)
{%- endmacro %}

{#- Age in the year of the row: only the year of birth is known. -#}
{% macro age_in_year(moment, birth_year) -%}
    cast(year({{ moment }}) - {{ birth_year }} as bigint)
{%- endmacro %}

{% macro age_group(age) -%}
    case
        when {{ age }} is null or {{ age }} < 0 then 'unknown'
        when {{ age }} < 18 then '0-17'
        when {{ age }} < 25 then '18-24'
        when {{ age }} < 35 then '25-34'
        when {{ age }} < 45 then '35-44'
        when {{ age }} < 55 then '45-54'
        when {{ age }} < 65 then '55-64'
        else '65+'
    end
{%- endmacro %}

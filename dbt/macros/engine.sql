{#- What DuckDB and Spark write differently; everything else in this project is common to both. -#}

{#- Whole days between two moments, by calendar date; negative when the second comes first. -#}
{% macro days_between(first, second) -%}
    {{ return(adapter.dispatch('days_between')(first, second)) }}
{%- endmacro %}

{% macro default__days_between(first, second) -%}
    cast(date_diff('day', cast({{ first }} as date), cast({{ second }} as date)) as bigint)
{%- endmacro %}

{% macro spark__days_between(first, second) -%}
    cast(datediff(cast({{ second }} as date), cast({{ first }} as date)) as bigint)
{%- endmacro %}

{#- Value below which a share of the rows lies, interpolated between two rows as a median is. -#}
{% macro quantile(column, share) -%}
    {{ return(adapter.dispatch('quantile')(column, share)) }}
{%- endmacro %}

{% macro default__quantile(column, share) -%}
    quantile_cont({{ column }}, {{ share }})
{%- endmacro %}

{% macro spark__quantile(column, share) -%}
    percentile({{ column }}, {{ share }})
{%- endmacro %}

{#- One member of a JSON object as text; NULL where it is missing. -#}
{% macro json_member(column, key) -%}
    {{ return(adapter.dispatch('json_member')(column, key)) }}
{%- endmacro %}

{% macro default__json_member(column, key) -%}
    json_extract_string({{ column }}, '$.{{ key }}')
{%- endmacro %}

{% macro spark__json_member(column, key) -%}
    get_json_object({{ column }}, '$.{{ key }}')
{%- endmacro %}

{#- Every day from the first of one year to the last of another, one row each. -#}
{% macro days_of_years(first_year, last_year) -%}
    {{ return(adapter.dispatch('days_of_years')(first_year, last_year)) }}
{%- endmacro %}

{% macro default__days_of_years(first_year, last_year) -%}
    cast(
        unnest(range(make_date({{ first_year }}, 1, 1), make_date({{ last_year }} + 1, 1, 1), interval 1 day)) as date
    )
{%- endmacro %}

{% macro spark__days_of_years(first_year, last_year) -%}
    explode(sequence(make_date({{ first_year }}, 1, 1), make_date({{ last_year }}, 12, 31), interval 1 day))
{%- endmacro %}

{#- The same day some months later, or the last day of a shorter month. -#}
{% macro months_after(day, months) -%}
    {{ return(adapter.dispatch('months_after')(day, months)) }}
{%- endmacro %}

{% macro default__months_after(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__months_after(day, months) -%}
    add_months({{ day }}, {{ months }})
{%- endmacro %}

{#-
    The mapping of a later generation's code to the 2018 form, read by the day of the plan; an undated plan is read as
    one of today. `code`, `form_version` and `day` are columns of the rows; the joined row is `alias`.
-#}
{% macro join_avain_code(kind, code, form_version, day, alias) -%}
    left join {{ ref('dim_avain_code') }} as {{ alias }}
        on
            {{ alias }}.kind = '{{ kind }}'
            and {{ alias }}.form_version = {{ form_version }}
            and {{ alias }}.code = {{ code }}
            and {{ alias }}.valid_from <= coalesce({{ day }}, cast('9999-12-31' as date))
            and coalesce({{ alias }}.valid_to, cast('9999-12-31' as date))
            >= coalesce({{ day }}, cast('9999-12-31' as date))
{%- endmacro %}

{#- The code on the 2018 form; one of a later generation that the mapping lacks is unknown. Empty stays empty. -#}
{% macro avain_code(code, form_version, alias) -%}
    case
        when {{ code }} is null or {{ form_version }} = 'AVAIN2018' then {{ code }}
        else coalesce({{ alias }}.target_code, 'unknown')
    end
{%- endmacro %}

{#- Group of a method of the 2018 list, as its figure 7 has them. -#}
{% macro method_group(code) -%}
    case
        when {{ code }} between 'M01' and 'M07' then 'YKSILOTYO'
        when {{ code }} between 'M08' and 'M13' then 'YHDYSKUNTA_ALUE'
        when {{ code }} between 'M14' and 'M21' then 'RAKENTEELLINEN'
        when {{ code }} = 'M99' then 'MUU'
        else 'unknown'
    end
{%- endmacro %}

{#- What a factor does for a client; it may do both at once. Arguments are boolean. -#}
{% macro factor_state(supports, hinders) -%}
    case
        when {{ supports }} and {{ hinders }} then 'both'
        when {{ supports }} then 'supports'
        when {{ hinders }} then 'hinders'
        else 'none'
    end
{%- endmacro %}

{#-
    Attainment of cells, with the sums of its interval. `goals` has one row for each goal of a cell: the dimensions
    with `cut`, person_key and attainment_code. First by client, since the goals of one client are not independent.
    A judgement that the mapping does not know is missing, as one that nobody made.
-#}
{% macro attainment_of_cells(goals, dimensions) -%}
    {%- set sums = {
        'n_goals_set': 'n_set',
        'n_goals_reviewed': 'n_reviewed',
        'n_attained': 'n_attained',
        'n_partly': 'n_partly',
        'n_not_attained': 'n_not_attained',
        'n_not_current': 'n_not_current',
        'n_judged': 'n_reviewed - n_not_current',
        'sum_attained_squared': 'n_attained * n_attained',
        'sum_attained_judged': 'n_attained * (n_reviewed - n_not_current)',
        'sum_judged_squared': '(n_reviewed - n_not_current) * (n_reviewed - n_not_current)'
    } -%}
    {%- set clients = {
        'n_clients_reviewed': 'n_reviewed > 0',
        'n_clients_judged': 'n_reviewed > n_not_current',
        'n_clients_attained': 'n_attained > 0',
        'n_clients_partly': 'n_partly > 0',
        'n_clients_not_attained': 'n_not_attained > 0',
        'n_clients_not_current': 'n_not_current > 0'
    } -%}
    select
        cut,
        {{ dimensions | join(', ') }},
        {%- for column, summed in sums.items() %}
        cast(sum({{ summed }}) as bigint) as {{ column }},
        {%- endfor %}
        count(*) as n_clients_with_goals
        {%- for column, condition in clients.items() %},
        count(*) filter (where {{ condition }}) as {{ column }}
        {%- endfor %}
    from (
        select
            cut,
            {{ dimensions | join(', ') }},
            person_key,
            count(*) as n_set,
            count(*) filter (where attainment_code <> 'unknown') as n_reviewed,
            count(*) filter (where attainment_code = 'SAAVUTETTU') as n_attained,
            count(*) filter (where attainment_code = 'OSITTAIN') as n_partly,
            count(*) filter (where attainment_code = 'EI') as n_not_attained,
            count(*) filter (where attainment_code = 'EI_AJANKOHTAINEN') as n_not_current
        from {{ goals }}
        group by cut, {{ dimensions | join(', ') }}, person_key
    ) as clients
    group by cut, {{ dimensions | join(', ') }}
{%- endmacro %}

{#- Design effect of the cells that attainment_of_cells made. -#}
{% macro attainment_design_effect() -%}
    {{ design_effect(
        'n_attained', 'n_judged', 'sum_attained_squared', 'sum_attained_judged', 'sum_judged_squared',
        'n_clients_judged'
    ) }}
{%- endmacro %}

{#-
    Intervals of shares, 95 % (z = 1.959964), in closed form so that both engines compute the same.

    Wilson: centre and half width of the score interval; at n = 0 and n = total one end is exactly 0 or 1.

    Clustered: goals cluster in clients, so the n goals carry less information than n clients would. The share is a
    ratio of sums (attained a_i over judged m_i of client i), its linearised variance
        V = c / (c - 1) * sum((a_i - p * m_i)^2) / M^2,   c clients, M = sum m_i, p = sum a_i / M,
    and the design effect deff = V / (p * (1 - p) / M). The interval is Wilson's on M / deff judgements.
    - deff below 1 is taken as 1: with few clients it is mostly chance, and an interval shorter than that of
      independent judgements would claim more than the data can.
    - with p = 0 or 1, or a single client, V says nothing; deff is then sum(m_i^2) / M, the design effect of clients
      who answer the same to all their goals. It is the largest possible, so the interval errs on the wide side.
    The sums come in as integers, so that the result does not depend on the order of the rows.
-#}
{% macro wilson_bound(n, total, sign) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set p = '(cast(' ~ n ~ ' as double) / nullif(cast(' ~ total ~ ' as double), 0))' -%}
    {%- set m = 'nullif(cast(' ~ total ~ ' as double), 0)' -%}
    (
        {{ p }} + {{ z * z / 2 }} / {{ m }}
        {{ sign }} {{ z }} * sqrt({{ p }} * (1 - {{ p }}) / {{ m }} + {{ z * z / 4 }} / ({{ m }} * {{ m }}))
    ) / (1 + {{ z * z }} / {{ m }})
{%- endmacro %}

{% macro wilson_lower(n, total) -%}
    case
        when {{ total }} > 0 and {{ n }} <= 0 then cast(0 as double)
        when {{ total }} > 0 then {{ wilson_bound(n, total, '-') }}
    end
{%- endmacro %}

{% macro wilson_upper(n, total) -%}
    case
        when {{ total }} > 0 and {{ n }} >= {{ total }} then cast(1 as double)
        when {{ total }} > 0 then {{ wilson_bound(n, total, '+') }}
    end
{%- endmacro %}

{#-
    Design effect from sums over clients: n = sum a, total = sum m, sum_nn = sum a^2, sum_nt = sum a * m,
    sum_tt = sum m^2, clusters = number of clients.
-#}
{% macro design_effect(n, total, sum_nn, sum_nt, sum_tt, clusters) -%}
    {%- set p = '(cast(' ~ n ~ ' as double) / ' ~ total ~ ')' -%}
    case
        when {{ total }} > 0 and ({{ n }} = 0 or {{ n }} = {{ total }} or {{ clusters }} < 2)
            then cast({{ sum_tt }} as double) / {{ total }}
        when {{ total }} > 0 then greatest(
            cast(1 as double),
            (cast({{ clusters }} as double) / ({{ clusters }} - 1))
            * ({{ sum_nn }} - 2 * {{ p }} * {{ sum_nt }} + {{ p }} * {{ p }} * {{ sum_tt }})
            / ({{ total }} * {{ p }} * (1 - {{ p }}))
        )
    end
{%- endmacro %}

{% macro clustered_lower(n, total, deff) -%}
    {{ wilson_lower('(' ~ n ~ ' / ' ~ deff ~ ')', '(' ~ total ~ ' / ' ~ deff ~ ')') }}
{%- endmacro %}

{% macro clustered_upper(n, total, deff) -%}
    {{ wilson_upper('(' ~ n ~ ' / ' ~ deff ~ ')', '(' ~ total ~ ' / ' ~ deff ~ ')') }}
{%- endmacro %}

{#-
    Newcombe's interval of a difference of two independent shares p - q (Statistics in Medicine 1998, method 10): each
    share's distance to its own Wilson bound, put together as the sides of a right angle.
-#}
{% macro newcombe_lower(n, total, other_n, other_total) -%}
    {{ share(n, total) }} - {{ share(other_n, other_total) }} - sqrt(
        power({{ share(n, total) }} - {{ wilson_lower(n, total) }}, 2)
        + power({{ wilson_upper(other_n, other_total) }} - {{ share(other_n, other_total) }}, 2)
    )
{%- endmacro %}

{% macro newcombe_upper(n, total, other_n, other_total) -%}
    {{ share(n, total) }} - {{ share(other_n, other_total) }} + sqrt(
        power({{ wilson_upper(n, total) }} - {{ share(n, total) }}, 2)
        + power({{ share(other_n, other_total) }} - {{ wilson_lower(other_n, other_total) }}, 2)
    )
{%- endmacro %}

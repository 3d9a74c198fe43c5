{#-
    Duration from counts by month: n_at_risk (alive and entered before the month), n_exits. All are window sums over
    months in order within `partition`; the rows of a partition are the months in which something happened.

    Kaplan-Meier: S(t) = product over s <= t of 1 - d_s / n_s. Greenwood: sum of d_s / (n_s (n_s - d_s)), the variance
    of ln S. Interval: exp(-exp(ln(-ln S) +- z sqrt(V) / ln S)) (Kalbfleisch and Prentice 1980), which stays in 0-1; none
    where S is 1 or 0.
-#}
{% macro up_to_now(partition) -%}
    over (partition by {{ partition | join(', ') }} order by months rows between unbounded preceding and current row)
{%- endmacro %}

{% macro up_to_the_one_before(partition) -%}
    over (partition by {{ partition | join(', ') }} order by months rows between unbounded preceding and 1 preceding)
{%- endmacro %}

{% macro kaplan_meier(partition) -%}
    case
        when max(case when n_exits > 0 and n_exits >= n_at_risk then 1 else 0 end) {{ up_to_now(partition) }} = 1
            then cast(0 as double)
        else exp(
            coalesce(
                sum(
                    case when n_exits > 0 and n_exits < n_at_risk then ln(1 - cast(n_exits as double) / n_at_risk) end
                ) {{ up_to_now(partition) }},
                cast(0 as double)
            )
        )
    end
{%- endmacro %}

{% macro greenwood_term() -%}
    case
        when n_exits > 0 and n_exits < n_at_risk
            then cast(n_exits as double) / (cast(n_at_risk as double) * (n_at_risk - n_exits))
        else cast(0 as double)
    end
{%- endmacro %}

{% macro log_log_bound(share, variance, sign) -%}
    case
        when {{ share }} > 0 and {{ share }} < 1
            then exp(-exp(ln(-ln({{ share }})) {{ sign }} 1.959963984540054 * sqrt({{ variance }}) / ln({{ share }})))
    end
{%- endmacro %}

{#- The logarithm of a share is negative, so that the sign of the lower end is a plus after two turns. -#}
{% macro log_log_lower(share, variance) -%}
    {{ log_log_bound(share, variance, '-') }}
{%- endmacro %}

{% macro log_log_upper(share, variance) -%}
    {{ log_log_bound(share, variance, '+') }}
{%- endmacro %}

{#- Area under the curve between a row's month and the next row's, no further than the horizon. -#}
{% macro area_of_step(partition, horizon) -%}
    greatest(
        least(
            coalesce(
                lead(months) over (partition by {{ partition | join(', ') }} order by months), cast({{ horizon }} as bigint)
            ),
            {{ horizon }}
        ) - least(months, {{ horizon }}),
        0
    ) * survival
{%- endmacro %}

{#-
    True where the running count passes a multiple of `least`; the count before it is that of the row before. Steps of a
    curve are shown there, once so many exits lie behind each.
-#}
{% macro passes_a_multiple(count, count_before, least) -%}
    floor(cast({{ count }} as double) / {{ least }}) > floor(cast({{ count_before }} as double) / {{ least }})
{%- endmacro %}

{#-
    Ends of estimate +- z sqrt(variance), no further than the quantity can go; none where the estimate is none, since
    the least and greatest of a number and nothing is the number.
-#}
{% macro normal_lower(estimate, variance, limit) -%}
    case
        when {{ estimate }} is not null
            then greatest({{ estimate }} - 1.959963984540054 * sqrt({{ variance }}), cast({{ limit }} as double))
    end
{%- endmacro %}

{% macro normal_upper(estimate, variance, limit) -%}
    case
        when {{ estimate }} is not null
            then least({{ estimate }} + 1.959963984540054 * sqrt({{ variance }}), cast({{ limit }} as double))
    end
{%- endmacro %}

{#-
    Aalen-Johansen: incidence of one reason F(t) = sum over s <= t of S(s-) d_ks / n_s, d_ks the exits of the reason
    (n_exits_of_reason), S(s-) survival_before. Its variance (delta method; Dinse and Larson 1986):
        sum (F(t) - F(s))^2 d_s / (n_s (n_s - d_s)) + sum S(s-)^2 d_ks (n_s - d_ks) / n_s^3
        - 2 sum (F(t) - F(s)) S(s-) d_ks / n_s^2
    with the squares multiplied out, so that each sum runs once through the months.
-#}
{% macro incidence_step() -%}
    case when n_at_risk > 0 then survival_before * n_exits_of_reason / n_at_risk else cast(0 as double) end
{%- endmacro %}

{% macro incidence_variance(partition) -%}
    {%- set now = up_to_now(partition) -%}
    {%- set own = 'survival_before * n_exits_of_reason / (cast(nullif(n_at_risk, 0) as double) * n_at_risk)' -%}
    greatest(
        incidence * incidence * sum(greenwood_term) {{ now }}
        - 2 * incidence * sum(incidence * greenwood_term) {{ now }}
        + sum(incidence * incidence * greenwood_term) {{ now }}
        + coalesce(
            sum({{ own }} * survival_before * (n_at_risk - n_exits_of_reason) / nullif(n_at_risk, 0)) {{ now }}
            - 2 * (incidence * sum({{ own }}) {{ now }} - sum(incidence * {{ own }}) {{ now }}),
            cast(0 as double)
        ),
        cast(0 as double)
    )
{%- endmacro %}

{#- Months since a beginning as a published text that sorts as its number does: three digits, or as many as it takes. -#}
{% macro months_text(months) -%}
    case
        when {{ months }} < 1000 then lpad(cast({{ months }} as string), 3, '0')
        else cast({{ months }} as string)
    end
{%- endmacro %}

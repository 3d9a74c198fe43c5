{#-
    Every code that a dimension shows has a label; 'all' and 'unknown' belong to every dimension.
    `by`: column that picks the code set, as in survey_<attribute>; the set's name is then code_set plus its value.
-#}
{% test code_exists(model, column_name, code_set, by=none) %}
select checked.{{ column_name }}
from {{ model }} as checked
left join {{ ref('mart_reference__code_label') }} as labels
    on
        checked.{{ column_name }} = labels.code
        and labels.code_set = {{ "concat('" ~ code_set ~ "', checked." ~ by ~ ")" if by else "'" ~ code_set ~ "'" }}
        and labels.lang = 'fi'
where labels.code is null and checked.{{ column_name }} not in ('all', 'unknown')
{% endtest %}

{#- Each code is labelled once in each of the three languages. -#}
{% test three_languages(model) %}
select
    code_set,
    code
from {{ model }}
group by code_set, code
having count(*) <> 3 or count(distinct lang) <> 3
{% endtest %}

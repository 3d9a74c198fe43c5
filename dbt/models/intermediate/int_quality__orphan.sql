{#- Extract, rule, model of the rows that kept their parent. -#}
{% set children = [
    ('kela_person_month', 'household_month_of_the_member', 'int_kela__person_month'),
    ('kela_payment', 'household_of_the_payment', 'int_kela__payment'),
    ('etotu_event', 'notification_of_the_event', 'int_etotu__event'),
    ('avain_goal', 'assessment_of_the_goal', 'int_avain__goal'),
    ('avain_goal_review', 'goal_of_the_review', 'int_avain__goal_review'),
    ('kela_decision', 'household_of_the_decision', 'int_kela__decision'),
    ('kela_income_line', 'household_month_of_the_income', 'int_kela__income_line'),
    ('kela_expense_line', 'household_month_of_the_expense', 'int_kela__expense_line'),
    ('muni_supp_decision', 'household_of_the_municipal_decision', 'int_municipal__decision'),
    ('muni_supp_expense_line', 'decision_of_the_municipal_expense', 'int_municipal__expense_line'),
    ('avain_factor', 'goal_of_the_factor', 'int_avain__factor'),
    ('avain_service', 'assessment_of_the_service', 'int_avain__service'),
    ('avain_method', 'assessment_of_the_method', 'int_avain__method'),
    ('prosos_answer_code', 'question_of_the_answer', 'int_survey__answer_code'),
    ('obstacle_status', 'obstacle_of_the_status', 'int_obstacle__status'),
    ('obstacle_title', 'obstacle_of_the_title', 'int_obstacle__title'),
    ('ref_code', 'code_set_of_the_code', 'int_reference__code'),
    ('sotkanet_value', 'region_of_the_value', 'int_sotkanet__value'),
    ('avain_client_plan_goal', 'subclass_of_the_goal', 'int_avain__plan_goal'),
    ('avain_client_plan_goal_review', 'subclass_of_the_reviewed_goal', 'int_avain__plan_goal_review'),
    ('swot_row', 'workshop_of_the_line', 'int_swot__row'),
] %}

with counted as (
    {%- for extract, rule, kept in children %}
    select
        '{{ extract }}' as extract,
        '{{ rule }}' as rule,
        (select count(*) from {{ ref('stg_' ~ extract) }}) as n_rows,
        (select count(*) from {{ ref(kept) }}) as n_kept
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    extract,
    rule,
    cast(n_rows as bigint) as n_rows,
    cast(n_rows - n_kept as bigint) as n_orphans
from counted

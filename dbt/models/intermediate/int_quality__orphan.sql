{#- Extract, rule, delivered rows, rows that kept their parent. -#}
{% set children = [
    ('kela_person_month', 'household_month_of_the_member', 'stg_kela_person_month', 'int_kela__person_month'),
    ('kela_payment', 'household_of_the_payment', 'stg_kela_payment', 'int_kela__payment'),
    ('etotu_event', 'notification_of_the_event', 'stg_etotu_event', 'int_etotu__event'),
    ('avain_goal', 'assessment_of_the_goal', 'stg_avain_goal', 'int_avain__goal'),
    ('avain_goal_review', 'goal_of_the_review', 'stg_avain_goal_review', 'int_avain__goal_review'),
    ('kela_decision', 'household_of_the_decision', 'stg_kela_decision', 'int_kela__decision'),
    ('kela_income_line', 'household_month_of_the_income', 'stg_kela_income_line', 'int_kela__income_line'),
    ('kela_expense_line', 'household_month_of_the_expense', 'stg_kela_expense_line', 'int_kela__expense_line'),
    ('muni_supp_decision', 'household_of_the_municipal_decision', 'stg_muni_supp_decision', 'int_municipal__decision'),
    (
        'muni_supp_expense_line', 'decision_of_the_municipal_expense', 'stg_muni_supp_expense_line',
        'int_municipal__expense_line'
    ),
    ('avain_factor', 'goal_of_the_factor', 'stg_avain_factor', 'int_avain__factor'),
    ('avain_service', 'assessment_of_the_service', 'stg_avain_service', 'int_avain__service'),
    ('avain_method', 'assessment_of_the_method', 'stg_avain_method', 'int_avain__method'),
    ('prosos_answer_code', 'question_of_the_answer', 'stg_prosos_answer_code', 'int_survey__answer_code'),
    ('obstacle_status', 'obstacle_of_the_status', 'stg_obstacle_status', 'int_obstacle__status'),
    ('obstacle_title', 'obstacle_of_the_title', 'stg_obstacle_title', 'int_obstacle__title'),
    ('ref_code', 'code_set_of_the_code', 'stg_ref_code', 'int_reference__code'),
    ('sotkanet_value', 'region_of_the_value', 'stg_sotkanet_value', 'int_sotkanet__value'),
    ('avain_client_plan_goal', 'subclass_of_the_goal', 'stg_avain_client_plan_goal', 'int_avain__plan_goal'),
    (
        'avain_client_plan_goal_review',
        'subclass_of_the_reviewed_goal',
        'stg_avain_client_plan_goal_review',
        'int_avain__plan_goal_review',
    ),
    ('swot_row', 'workshop_of_the_line', 'stg_swot_row', 'int_swot__row'),
] %}

with counted as (
    {%- for extract, rule, delivered, kept in children %}
    select
        '{{ extract }}' as extract,
        '{{ rule }}' as rule,
        (select count(*) from {{ ref(delivered) }}) as n_rows,
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

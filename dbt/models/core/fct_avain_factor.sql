-- Factors of a goal, marked where it was set and where it was reviewed. Codes of a plan may be one on the 2018 form.
with marked as (
    select
        assessment_id,
        goal_assessment_id,
        goal_seq,
        factor_code,
        direction
    from {{ ref('int_avain__factor') }}
    union all
    select
        plan_id as assessment_id,
        plan_id as goal_assessment_id,
        goal_seq,
        factor_code,
        direction
    from {{ ref('stg_avain_client_plan_factor') }}
    where goal_list = 'set'
    union all
    select
        factors.plan_id as assessment_id,
        reviewed.goal_assessment_id,
        reviewed.goal_seq,
        factors.factor_code,
        factors.direction
    from {{ ref('stg_avain_client_plan_factor') }} as factors
    inner join {{ ref('int_avain__plan_reviewed_goal') }} as reviewed
        on factors.plan_id = reviewed.review_assessment_id and factors.goal_seq = reviewed.review_seq
    where factors.goal_list = 'reviewed'
)

select distinct
    marked.assessment_id,
    marked.goal_assessment_id,
    marked.goal_seq,
    marked.direction,
    assessments.person_key,
    assessments.assessment_kind,
    assessments.assessment_date,
    assessments.form_version,
    goals.assessment_kind as goal_assessment_kind,
    goals.assessment_date as goal_date,
    goals.pilot_group,
    goals.municipality_code,
    goals.county_code,
    {{ avain_code('marked.factor_code', 'assessments.form_version', 'factor_codes') }} as factor_code
from marked
inner join {{ ref('fct_avain_assessment') }} as assessments on marked.assessment_id = assessments.assessment_id
inner join {{ ref('fct_avain_goal') }} as goals
    on marked.goal_assessment_id = goals.assessment_id and marked.goal_seq = goals.goal_seq
{{ join_avain_code(
    'factor', 'marked.factor_code', 'assessments.form_version', 'assessments.assessment_date', 'factor_codes'
) }}

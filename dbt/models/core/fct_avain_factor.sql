select
    factors.assessment_id,
    factors.goal_assessment_id,
    factors.goal_seq,
    factors.factor_code,
    factors.direction,
    assessments.person_key,
    assessments.assessment_kind,
    assessments.assessment_date,
    assessments.pilot_group,
    assessments.municipality_code,
    assessments.county_code
from {{ ref('int_avain__factor') }} as factors
inner join {{ ref('fct_avain_assessment') }} as assessments on factors.assessment_id = assessments.assessment_id

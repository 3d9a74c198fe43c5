select
    methods.assessment_id,
    methods.seq,
    methods.service_seq,
    methods.method_group,
    methods.method_code,
    methods.used,
    assessments.person_key,
    assessments.assessment_kind,
    assessments.assessment_date,
    assessments.previous_assessment_id,
    assessments.pilot_group,
    assessments.municipality_code,
    assessments.county_code
from {{ ref('int_avain__method') }} as methods
inner join {{ ref('fct_avain_assessment') }} as assessments on methods.assessment_id = assessments.assessment_id

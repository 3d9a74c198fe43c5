-- Plans say nothing of the municipality: the unit that wrote them is a code of the national register of organisations.
select
    plans.plan_id,
    plans.previous_plan_id,
    plans.person_key,
    assessments.assessment_kind,
    assessments.form_version,
    plans.plan_date,
    plans.date_precision,
    plans.unit_id,
    persons.sex,
    {{ age_in_year('plans.plan_date', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('plans.plan_date', 'persons.birth_year')) }} as age_group
from {{ ref('stg_avain_client_plan') }} as plans
inner join {{ ref('int_avain__assessment') }} as assessments on plans.plan_id = assessments.assessment_id
inner join {{ ref('dim_person') }} as persons on plans.person_key = persons.person_key

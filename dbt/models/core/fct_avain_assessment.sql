-- Rows of clients who do not allow use in research end here.
select
    assessments.assessment_id,
    assessments.person_key,
    assessments.assessment_kind,
    assessments.assessment_date,
    assessments.date_precision,
    assessments.form_version,
    assessments.previous_assessment_id,
    assessments.client_present,
    assessments.worker_role,
    assessments.pilot_group,
    assessments.receives_supp_prev,
    persons.sex,
    {{ age_in_year('assessments.assessment_date', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('assessments.assessment_date', 'persons.birth_year')) }} as age_group,
    case when persons.protected then 'unknown' else coalesce(areas.today_code, 'unknown') end as municipality_code,
    case when persons.protected then 'unknown' else coalesce(areas.county_code, 'unknown') end as county_code
from {{ ref('stg_avain_assessment') }} as assessments
inner join {{ ref('dim_person') }} as persons on assessments.person_key = persons.person_key
left join {{ ref('dim_municipality') }} as areas on assessments.municipality_code = areas.municipality_code
where assessments.consent_research

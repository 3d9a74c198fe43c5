-- Rows of clients who do not allow use in research end here; a plan does not ask, so a refusal on a form holds for it.
with assessments as (
    select * from {{ ref('int_avain__assessment') }}
),

refusals as (
    select distinct person_key
    from assessments
    where not consent_research
)

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
    assessments.receives_supp_prev,
    persons.sex,
    coalesce(assessments.pilot_group, 'unknown') as pilot_group,
    {{ age_in_year('assessments.assessment_date', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('assessments.assessment_date', 'persons.birth_year')) }} as age_group,
    case when persons.protected then 'unknown' else coalesce(areas.today_code, 'unknown') end as municipality_code,
    case when persons.protected then 'unknown' else coalesce(areas.county_code, 'unknown') end as county_code
from assessments
inner join {{ ref('dim_person') }} as persons on assessments.person_key = persons.person_key
left join {{ ref('dim_municipality') }} as areas on assessments.municipality_code = areas.municipality_code
left join refusals on assessments.person_key = refusals.person_key
where coalesce(assessments.consent_research, refusals.person_key is null)

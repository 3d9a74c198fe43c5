-- Rows of clients who do not allow use in research end here.
with assessments as (
    select * from {{ ref('stg_avain_assessment') }}
    where consent_research
)

select
    goals.assessment_id,
    goals.goal_seq,
    assessments.person_key,
    assessments.assessment_kind,
    assessments.assessment_date,
    assessments.form_version,
    assessments.pilot_group,
    goals.goal_code,
    goals.is_main_goal,
    goals.aim,
    reviews.review_date,
    reviews.attainment_code,
    persons.sex,
    {{ age_in_year('assessments.assessment_date', 'persons.birth_year') }} as age,
    {{ age_group(age_in_year('assessments.assessment_date', 'persons.birth_year')) }} as age_group,
    case when persons.protected then 'unknown' else coalesce(areas.today_code, 'unknown') end as municipality_code,
    case when persons.protected then 'unknown' else coalesce(areas.county_code, 'unknown') end as county_code
from {{ ref('int_avain__goal') }} as goals
inner join assessments on goals.assessment_id = assessments.assessment_id
inner join {{ ref('dim_person') }} as persons on assessments.person_key = persons.person_key
left join {{ ref('dim_municipality') }} as areas on assessments.municipality_code = areas.municipality_code
left join {{ ref('int_avain__goal_review') }} as reviews
    on goals.assessment_id = reviews.assessment_id and goals.goal_seq = reviews.goal_seq

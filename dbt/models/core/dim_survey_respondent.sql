-- The number of a respondent counts in its wave only: equal numbers of two waves are two persons.
select
    survey_code,
    wave,
    respondent_id,
    coalesce(subproject, 'unknown') as subproject,
    coalesce(organisation, 'unknown') as organisation,
    coalesce(sex, 'unknown') as sex,
    submitted
from {{ ref('stg_prosos_webropol') }}

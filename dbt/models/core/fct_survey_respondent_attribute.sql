select
    survey_code,
    wave,
    respondent_id,
    attr_type,
    case attr_type
        when 'TOIMIALA' then 'survey_sector'
        when 'NIMIKE' then 'survey_title'
        when 'KOULUTUS' then 'survey_education'
    end as code_set,
    code
from {{ ref('stg_prosos_webropol_attr') }}

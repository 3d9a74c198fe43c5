{% set with_codes = [
    'int_kela__member',
    'stg_etotu_notification',
    'stg_avain_assessment',
    'stg_avain_client_plan',
    'stg_kela_income_line',
    'stg_muni_supp_decision',
] %}

-- What the sources know of a person: values of their own, and birth year and sex read from the identity code.
with adults_of_households as (
    select applicant_key as adult_key from {{ ref('stg_kela_household') }}
    union all
    select spouse_key as adult_key from {{ ref('stg_kela_household') }}
    union all
    select applicant_key as adult_key from {{ ref('stg_muni_household') }}
    union all
    select spouse_key as adult_key from {{ ref('stg_muni_household') }}
),

coded as (
    {%- for persons in with_codes %}
    select
        person_key,
        code_birth_year,
        code_sex
    from {{ ref(persons) }}
    union all
    {%- endfor %}
    select
        adult_key as person_key,
        cast(null as bigint) as code_birth_year,
        cast(null as string) as code_sex
    from adults_of_households
    where adult_key is not null
),

by_person as (
    select
        person_key,
        min(code_birth_year) as code_birth_year,
        min(code_sex) as code_sex
    from coded
    group by person_key
),

-- Forms may say nothing, and may differ: of each value the newest counts.
of_forms as (
    select
        person_key,
        sex,
        birth_year,
        row_number() over (
            partition by person_key order by sex is null, assessment_date desc, assessment_id desc
        ) as sex_rank,
        row_number() over (
            partition by person_key order by birth_year is null, assessment_date desc, assessment_id desc
        ) as birth_year_rank
    from {{ ref('stg_avain_assessment') }}
),

by_form as (
    select
        person_key,
        max(case when sex_rank = 1 then sex end) as sex,
        max(case when birth_year_rank = 1 then birth_year end) as birth_year
    from of_forms
    group by person_key
)

select
    coalesce(by_person.person_key, kela.person_key) as person_key,
    coalesce(kela.birth_year, by_form.birth_year, by_person.code_birth_year, kela.code_birth_year) as birth_year,
    coalesce(kela.sex, by_form.sex, by_person.code_sex, kela.code_sex, '9') as sex,
    kela.mother_tongue as language,
    coalesce(kela.protected, false) as protected
from by_person
full outer join {{ ref('stg_kela_person') }} as kela on by_person.person_key = kela.person_key
left join by_form on coalesce(by_person.person_key, kela.person_key) = by_form.person_key

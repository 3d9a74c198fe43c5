-- One protected adult withholds the area of the whole household.
select
    households.municipal_household_key,
    households.applicant_key,
    households.spouse_key,
    households.n_adults,
    households.n_children,
    households.as_of_date,
    case
        when applicants.protected or coalesce(spouses.protected, false) then 'unknown'
        else coalesce(areas.today_code, 'unknown')
    end as municipality_code,
    case
        when applicants.protected or coalesce(spouses.protected, false) then 'unknown'
        else coalesce(areas.county_code, 'unknown')
    end as county_code
from {{ ref('int_municipal__household') }} as households
inner join {{ ref('dim_person') }} as applicants on households.applicant_key = applicants.person_key
left join {{ ref('dim_person') }} as spouses on households.spouse_key = spouses.person_key
left join {{ ref('dim_municipality') }} as areas on households.municipality_code = areas.municipality_code

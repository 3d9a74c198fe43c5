-- Labels of every code: the lists kept by hand, and the areas with their names.
select
    code_set,
    code,
    lang,
    label
from {{ ref('code_label') }}
union all
select 'municipality_code', municipality_code, 'fi', name_fi from {{ ref('dim_municipality') }}
union all
select 'municipality_code', municipality_code, 'sv', name_sv from {{ ref('dim_municipality') }}
union all
select 'municipality_code', municipality_code, 'en', name_en from {{ ref('dim_municipality') }}
union all
select 'county_code', county_code, 'fi', name_fi from {{ ref('county') }}
union all
select 'county_code', county_code, 'sv', name_sv from {{ ref('county') }}
union all
select 'county_code', county_code, 'en', name_en from {{ ref('county') }}

{{ config(severity='warn') }}
{% set codes_of = {
    'goal': 'int_avain__plan_goal',
    'attainment': 'int_avain__plan_goal_review',
    'factor': 'stg_avain_client_plan_factor',
    'method': 'stg_avain_client_plan_method',
} %}

-- A code that the mapping lacks is unknown from core on; each is named, to be added to avain_code_map.
with codes as (
    {%- for kind, model in codes_of.items() %}
    select
        '{{ kind }}' as kind,
        coded.{{ kind }}_code as code,
        plans.plan_date as day
    from {{ ref(model) }} as coded
    inner join {{ ref('stg_avain_client_plan') }} as plans on coded.plan_id = plans.plan_id
    where coded.{{ kind }}_code is not null
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select distinct
    codes.kind,
    codes.code
from codes
left join {{ ref('dim_avain_code') }} as mapped
    on
        codes.kind = mapped.kind
        and codes.code = mapped.code
        and mapped.form_version = 'ASIAKASSUUNNITELMA_2024'
        and mapped.valid_from <= coalesce(codes.day, cast('9999-12-31' as date))
        and coalesce(mapped.valid_to, cast('9999-12-31' as date)) >= coalesce(codes.day, cast('9999-12-31' as date))
where mapped.code is null

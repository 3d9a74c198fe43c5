{{ config(severity='warn') }}
-- A code that the mapping lacks is unknown from core on; each is named, to be added to avain_code_map.
with codes as (
    select
        'goal' as kind,
        goals.goal_code as code,
        plans.plan_date as day
    from {{ ref('int_avain__plan_goal') }} as goals
    inner join {{ ref('stg_avain_client_plan') }} as plans on goals.plan_id = plans.plan_id
    union all
    select
        'attainment' as kind,
        reviews.attainment_code as code,
        plans.plan_date as day
    from {{ ref('int_avain__plan_goal_review') }} as reviews
    inner join {{ ref('stg_avain_client_plan') }} as plans on reviews.plan_id = plans.plan_id
    where reviews.attainment_code is not null
    union all
    select
        'factor' as kind,
        factors.factor_code as code,
        plans.plan_date as day
    from {{ ref('stg_avain_client_plan_factor') }} as factors
    inner join {{ ref('stg_avain_client_plan') }} as plans on factors.plan_id = plans.plan_id
    union all
    select
        'method' as kind,
        methods.method_code as code,
        plans.plan_date as day
    from {{ ref('stg_avain_client_plan_method') }} as methods
    inner join {{ ref('stg_avain_client_plan') }} as plans on methods.plan_id = plans.plan_id
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

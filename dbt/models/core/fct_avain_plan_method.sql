select
    methods.plan_id,
    methods.section,
    methods.seq,
    methods.service_seq,
    methods.social_service_code,
    methods.method_code,
    methods.used,
    plans.person_key,
    plans.plan_date
from {{ ref('stg_avain_client_plan_method') }} as methods
inner join {{ ref('fct_avain_plan') }} as plans on methods.plan_id = plans.plan_id

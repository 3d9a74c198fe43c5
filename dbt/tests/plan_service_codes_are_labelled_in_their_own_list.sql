-- The two service lists of a client plan number differently: a label of the other list would be another service.
select
    services.code_set,
    services.service_code
from {{ ref('fct_avain_plan_service') }} as services
left join {{ ref('dim_code') }} as labels
    on services.code_set = labels.code_set and services.service_code = labels.code and labels.lang = 'fi'
where labels.code is null

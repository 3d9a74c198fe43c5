-- Persons notified about before the model, with the municipality that was told of them first: a group that the model
-- cannot have changed.
with notices as (
    select
        notifications.person_key,
        {{ receiving_municipality('notifications', 'persons', 'areas') }} as municipality_code,
        row_number() over (
            partition by notifications.person_key order by notifications.sent_ts, notifications.notification_id
        ) as notice_no
    from {{ ref('stg_etotu_notification') }} as notifications
    inner join {{ ref('dim_person') }} as persons on notifications.person_key = persons.person_key
    left join {{ ref('dim_municipality') }} as areas
        on notifications.area_type = 'KUNTA' and notifications.area_code = areas.municipality_code
    where
        notifications.notification_type = 'TYOTON_25PLUS_12KK'
        and notifications.sent_ts < cast('{{ var("model_began") }}' as date)
)

select
    'notified_25plus' as population,
    person_key,
    municipality_code
from notices
where notice_no = 1

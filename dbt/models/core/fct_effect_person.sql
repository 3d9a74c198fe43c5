-- Persons notified about before the model, with the municipality that was told of them first: a group that the model
-- cannot have changed.
with notices as (
    select
        person_key,
        municipality_code,
        row_number() over (partition by person_key order by sent_ts, notification_id) as notice_no
    from {{ ref('fct_notification') }}
    where
        notification_type = 'TYOTON_25PLUS_12KK'
        and sent_ts < cast('{{ var("model_began") }}' as date)
)

select
    'notified_25plus' as population,
    person_key,
    municipality_code
from notices
where notice_no = 1

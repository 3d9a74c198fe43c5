-- Events of delivered notifications, with the stage of the process that each gives evidence of (0 = none).
select
    events.*,
    case events.event_type
        when 'VASTAANOTETTU' then 1
        when 'YHT_PUHELIN' then 2
        when 'YHT_KIRJE' then 2
        when 'YHT_VIESTI' then 2
        when 'EI_TAVOITETTU_KIRJE' then 2
        when 'TAVOITETTU' then 3
        when 'AIKA_VARATTU' then 4
        when 'AIKA_PERUTTU' then 4
        when 'EI_SAAPUNUT' then 4
        when 'TAPAAMINEN' then 5
        when 'PTA_ALOITETTU' then 6
        when 'PTA_VALMIS' then 7
        when 'SUUNNITELMA' then 8
        else 0
    end as stage_no
from {{ ref('stg_etotu_event') }} as events
where exists (
    select 1
    from {{ ref('stg_etotu_notification') }} as notifications
    where notifications.notification_id = events.notification_id
)

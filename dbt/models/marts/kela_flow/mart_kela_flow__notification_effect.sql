{% set dimensions = ['notification_type', 'months_since'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}) }}
{% set followed_months = 12 %}
{% set notification_types = ['TYOTON_25PLUS_12KK', 'TYOTON_ALLE25_4KK'] %}

-- A country that is small, or young, has months that nobody has been followed for: they count nought.
with frame as (
    {%- for notification_type in notification_types %}
    {%- set last_type = loop.last %}
    {%- for months in range(1, followed_months + 1) %}
    select
        '{{ notification_type }}' as notification_type,
        '{{ '%02d' % months }}' as months_since,
        {{ months }} as n_months
    {%- if not (last_type and loop.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
),

compared as (
    select
        notification_type,
        person_key,
        landmark_month,
        last_known_month,
        is_notified
    from {{ ref('fct_landmark') }}
    where is_in_rule = is_notified
),

after_landmark as (
    select
        compared.notification_type,
        compared.person_key,
        compared.is_notified,
        compared.last_known_month,
        frame.months_since,
        {{ months_after('compared.landmark_month', 'frame.n_months') }} as month
    from compared
    inner join frame on compared.notification_type = frame.notification_type
),

-- Only months whose receipt is known.
followed as (
    select
        after_landmark.notification_type,
        after_landmark.months_since,
        after_landmark.is_notified,
        coalesce(receipts.is_granted, false) as is_received
    from after_landmark
    left join {{ ref('fct_person_month') }} as receipts
        on after_landmark.person_key = receipts.person_key and after_landmark.month = receipts.month
    where after_landmark.month <= after_landmark.last_known_month
),

counted as (
    select
        frame.notification_type,
        frame.months_since,
        count(*) filter (where followed.is_notified) as n_notified,
        count(*) filter (where followed.is_notified and followed.is_received) as n_received_notified,
        count(*) filter (where not followed.is_notified) as n_comparison,
        count(*) filter (where not followed.is_notified and followed.is_received) as n_received_comparison
    from frame
    left join followed
        on frame.notification_type = followed.notification_type and frame.months_since = followed.months_since
    group by frame.notification_type, frame.months_since
),

shares as (
    select
        *,
        {{ share('n_received_notified', 'n_notified') }} as receipt_share_notified,
        {{ share('n_received_comparison', 'n_comparison') }} as receipt_share_comparison
    from counted
)

select
    '{{ dimensions | join(',') }}' as cut,
    notification_type,
    months_since,
    n_notified,
    n_received_notified,
    n_comparison,
    n_received_comparison,
    receipt_share_notified,
    receipt_share_comparison,
    receipt_share_notified - receipt_share_comparison as difference,
    {{ newcombe_lower('n_received_notified', 'n_notified', 'n_received_comparison', 'n_comparison') }} as difference_lo,
    {{ newcombe_upper('n_received_notified', 'n_notified', 'n_received_comparison', 'n_comparison') }} as difference_hi
from shares

{%- set limits = {'TYOTON_ALLE25_4KK': 4, 'TYOTON_25PLUS_12KK': 12} -%}
{#- Years of age on either side of the limit of 25. -#}
{%- set age_limit, band = 25, 2 -%}

-- Unemployed adults close to the age limit, in the month in which assistance had been their main income for as many
-- months in a row as Kela's rule says. Whoever the rule notifies about stands beside those of the same elapsed time
-- whom it does not reach because of their age. Runs that began before the register are left out: how long they had
-- lasted is not known. A year below the band is read too, so that a run that began then is not taken for a new one.
with months as (
    select
        receipts.person_key,
        receipts.month,
        {{ age_in_year('receipts.month', 'persons.birth_year') }} as age,
        receipts.activity,
        {{ month_no('receipts.month') }} as month_no
    from {{ ref('fct_person_month') }} as receipts
    inner join {{ ref('dim_person') }} as persons on receipts.person_key = persons.person_key
    where
        receipts.is_granted
        and receipts.is_main_income
        and receipts.role in ('HAKIJA', 'PUOLISO')
        and {{ age_in_year('receipts.month', 'persons.birth_year') }}
        between {{ age_limit - band - 1 }} and {{ age_limit + band - 1 }}
),

numbered as (
    select
        *,
        month_no - row_number() over (partition by person_key order by month_no) as run_no
    from months
),

runs as (
    select
        *,
        row_number() over (partition by person_key, run_no order by month_no) as elapsed_months,
        min(month) over (partition by person_key, run_no) as first_month
    from numbered
),

register as (
    select min(month) as first_month
    from {{ ref('fct_household_month') }}
),

notices as (
    select
        notification_type,
        person_key,
        {{ first_of_month('sent_ts') }} as sent_month
    from {{ ref('fct_notification') }}
    where notification_type in ('{{ limits | join("', '") }}')
),

-- The first look of each rule took everybody beyond the limit, whenever they had reached it.
first_looks as (
    select
        notification_type,
        min(sent_month) as first_look
    from notices
    group by notification_type
),

reached as (
    {%- for notification_type, limit in limits.items() %}
    select
        '{{ notification_type }}' as notification_type,
        runs.person_key,
        runs.month as landmark_month,
        runs.age,
        runs.age {{ '<' if notification_type == 'TYOTON_ALLE25_4KK' else '>=' }} {{ age_limit }} as is_in_rule
    from runs
    cross join register
    where
        runs.elapsed_months = {{ limit }}
        and runs.activity = 'TYOTON'
        and runs.age >= {{ age_limit - band }}
        and runs.first_month > register.first_month
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Each person once: at the first time after the first look.
first_reached as (
    select
        reached.*,
        row_number() over (
            partition by reached.notification_type, reached.person_key order by reached.landmark_month
        ) as first_first
    from reached
    inner join first_looks on reached.notification_type = first_looks.notification_type
    where reached.landmark_month > first_looks.first_look
),

-- Kela looks at the register once a month; a notice about a month leaves in the month after it at the latest.
notified as (
    select
        first_reached.notification_type,
        first_reached.person_key
    from first_reached
    inner join notices
        on
            first_reached.notification_type = notices.notification_type
            and first_reached.person_key = notices.person_key
            and notices.sent_month between first_reached.landmark_month
            and {{ months_after('first_reached.landmark_month', 1) }}
    group by first_reached.notification_type, first_reached.person_key
)

select
    first_reached.notification_type,
    first_reached.person_key,
    first_reached.landmark_month,
    first_reached.age,
    first_reached.is_in_rule,
    notified.person_key is not null as is_notified,
    -- Late grants make the newest three benefit months look like exits.
    cast(newest.newest_month - interval 3 month as date) as last_known_month
from first_reached
left join notified
    on
        first_reached.notification_type = notified.notification_type
        and first_reached.person_key = notified.person_key
left join {{ ref('int_registry__newest_month') }} as newest on newest.extract = 'kela_household_month'
where first_reached.first_first = 1

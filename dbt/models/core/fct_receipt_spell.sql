{% set gaps = [1, 2, 3] %}

-- Runs of months joined over shorter breaks, for each gap rule: a break of at least so many empty months ends a spell.
with covered as (
    select
        greatest(min(month), cast('{{ var("receipt_comparable_from") }}' as date)) as first_month,
        max(case when not is_provisional then month end) as last_month
    from {{ ref('fct_household_month') }}
),

register as (
    select
        {{ month_no('first_month') }} as first_month_no,
        {{ month_no('last_month') }} as last_month_no
    from covered
),

gap_rules as (
    {%- for gap in gaps %}
    select cast({{ gap }} as bigint) as gap_months
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

starts as (
    select
        gap_rules.gap_months,
        runs.*,
        lead(runs.month_no_before) over (
            partition by gap_rules.gap_months, runs.unit, runs.unit_key order by runs.first_month_no
        ) as spell_end_no
    from {{ ref('fct_receipt_run') }} as runs
    inner join gap_rules
        on runs.month_no_before is null or runs.first_month_no - runs.month_no_before > gap_rules.gap_months
),

spells as (
    select
        starts.gap_months,
        starts.unit,
        starts.unit_key,
        starts.person_key,
        starts.first_month,
        starts.first_month_no,
        coalesce(starts.spell_end_no, starts.unit_last_month_no) as last_month_no,
        starts.municipality_code
    from starts
),

ended as (
    select
        spells.*,
        -- Before the register the months are not known: what began within the gap of its first month may be older.
        spells.first_month_no - register.first_month_no < spells.gap_months as is_left_truncated,
        -- An end shows when so many empty months have been seen after it.
        spells.last_month_no + spells.gap_months > register.last_month_no as is_right_censored
    from spells
    cross join register
)

select
    ended.gap_months,
    ended.unit,
    ended.unit_key,
    ended.person_key,
    ended.first_month,
    {{ months_after('ended.first_month', 'ended.last_month_no - ended.first_month_no') }} as last_month,
    ended.last_month_no - ended.first_month_no + 1 as months,
    ended.is_left_truncated,
    ended.is_right_censored,
    case
        when not ended.is_right_censored
            then {{ months_after('ended.first_month', 'ended.last_month_no - ended.first_month_no + 1') }}
    end as exit_month,
    case
        when ended.is_right_censored then null
        when
            {{ month_no('persons.death_month') }} between ended.last_month_no
            and ended.last_month_no + ended.gap_months
            then 'death'
        when
            {{ month_no('persons.emigration_month') }} between ended.last_month_no
            and ended.last_month_no + ended.gap_months
            then 'move'
        else 'not_observed'
    end as exit_reason,
    ended.municipality_code
from ended
left join {{ ref('stg_kela_person') }} as persons on ended.person_key = persons.person_key

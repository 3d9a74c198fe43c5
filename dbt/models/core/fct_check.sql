{{ config(tags=['after_build']) }}

with this_run as (
    select coalesce(max(run_id), 'unknown') as run_id
    from {{ ref('stg_build_check') }}
),

-- Each rule twice: any orphan is a warning, more than the limit an error (and that stopped the build already).
orphan_checks as (
    select
        this_run.run_id,
        'orphans' as suite,
        orphans.rule,
        'warn' as severity,
        orphans.n_rows as n_evaluated,
        orphans.n_orphans = 0 as passed
    from {{ ref('int_quality__orphan') }} as orphans
    cross join this_run
    union all
    select
        this_run.run_id,
        'orphans' as suite,
        orphans.rule,
        'error' as severity,
        orphans.n_rows as n_evaluated,
        orphans.n_orphans <= {{ var('orphan_limit') }} * orphans.n_rows as passed
    from {{ ref('int_quality__orphan') }} as orphans
    cross join this_run
)

select * from {{ ref('stg_landing_check') }}
union all
select * from {{ ref('stg_build_check') }}
union all
select * from orphan_checks

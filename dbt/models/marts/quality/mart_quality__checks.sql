{% set dimensions = ['run_id', 'suite', 'rule', 'severity'] %}
{{ config(meta={'dimensions': dimensions, 'cuts': [dimensions]}, tags=['after_build']) }}

-- A suite runs once a delivered file; one run may land several files of an extract.
select
    '{{ dimensions | join(',') }}' as cut,
    run_id,
    suite,
    rule,
    severity,
    cast(sum(n_evaluated) as bigint) as n_evaluated,
    bool_and(passed) as passed
from {{ ref('fct_check') }}
group by run_id, suite, rule, severity

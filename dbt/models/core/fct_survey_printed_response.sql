-- The cells of the printed table: totals are summed here from the sub-projects, so that the printed total can be
-- checked against them; the number started is printed for the whole survey only.
with printed as (
    select * from {{ ref('stg_prosos_printed_response') }}
),

totals as (
    select
        survey_code,
        wave,
        'all' as subproject,
        sum(n_sent) filter (where subproject <> 'YHTEENSA') as n_sent,
        sum(n_opened) filter (where subproject <> 'YHTEENSA') as n_opened,
        max(n_started) filter (where subproject = 'YHTEENSA') as n_started,
        sum(n_answers) filter (where subproject <> 'YHTEENSA') as n_answers
    from printed
    group by survey_code, wave
)

select
    survey_code,
    wave,
    subproject,
    cast(n_sent as bigint) as n_sent,
    cast(n_opened as bigint) as n_opened,
    cast(n_started as bigint) as n_started,
    cast(n_answers as bigint) as n_answers,
    {{ share('n_answers', 'n_sent') }} as response_ratio
from totals
union all
select
    survey_code,
    wave,
    subproject,
    n_sent,
    n_opened,
    n_started,
    n_answers,
    {{ share('n_answers', 'n_sent') }} as response_ratio
from printed
where subproject <> 'YHTEENSA'

-- PRO SOS loppukartoitus, raportteja 2/2019, table 1: the printed total row against the rows above it.
select
    printed.survey_code,
    printed.wave
from {{ ref('stg_prosos_printed_response') }} as printed
inner join {{ ref('fct_survey_printed_response') }} as summed
    on
        printed.survey_code = summed.survey_code
        and printed.wave = summed.wave
        and summed.subproject = 'all'
where
    printed.subproject = 'YHTEENSA'
    and (
        printed.n_sent <> summed.n_sent
        or printed.n_answers <> summed.n_answers
        or printed.n_opened <> summed.n_opened
    )

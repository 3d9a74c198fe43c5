-- PRO SOS loppukartoitus, raportteja 2/2019, table 1, against the delivered invitations of the same sub-projects.
{{ config(severity='warn') }}

select
    printed.survey_code,
    printed.wave,
    printed.subproject
from {{ ref('stg_prosos_printed_response') }} as printed
inner join {{ ref('fct_survey_invitation') }} as invited
    on
        printed.survey_code = invited.survey_code
        and printed.wave = invited.wave
        and printed.subproject = invited.subproject
where
    printed.n_sent <> invited.n_sent
    or printed.n_answers <> invited.n_answers
    or printed.n_opened <> invited.n_opened

with figures as (
    select
        *,
        coalesce({{ json_member('dims', 'subproject') }}, '') as subproject,
        coalesce({{ json_member('dims', 'attribute') }}, '') as attribute,
        coalesce({{ json_member('dims', 'row_no') }}, '') as row_no,
        coalesce({{ json_member('dims', 'value') }}, '') as value_code,
        {{ json_member('dims', 'year') }} as year
    from {{ ref('published_figure') }}
)

select
    figures.figure_id,
    figures.document,
    figures.place,
    figures.measure,
    figures.measure_key,
    figures.survey_code,
    figures.wave,
    figures.dims,
    figures.unit,
    figures.value_text,
    figures.base_n,
    coalesce(figures.precision, 'unknown') as precision,
    figures.legible,
    figures.comparable,
    figures.note,
    cast(figures.value as double) as value,
    cast(figures.tolerance as double) as tolerance,
    -- Shares are printed as percentages.
    coalesce(measures.computed, clients.computed) * case when figures.unit = 'PCT' then 100 else 1 end as computed
from figures
left join {{ ref('fct_survey_measure') }} as measures
    on
        figures.measure_key = measures.measure_key
        and figures.survey_code = measures.survey_code
        and figures.wave = measures.wave
        and figures.subproject = measures.subproject
        and figures.attribute = measures.attribute
        and figures.row_no = measures.row_no
        and figures.value_code = measures.value
left join {{ ref('fct_avain_measure') }} as clients
    on figures.measure_key = clients.measure_key and figures.year = clients.year

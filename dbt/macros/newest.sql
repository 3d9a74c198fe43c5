{#-
    Rows of an extract that count now, as the ledger of accepted files decides; older deliveries stay in the lake.

    Whole-table extracts (no `period_column`): the rows of the newest accepted file. Extracts with a period: for each
    month the rows of the newest accepted file that covers it, so a correction changes exactly the months it covers.
    Newest = greatest created_at, then delivery_id, then file name; never the time of arrival. Where the contract says
    `by_supplier`, the ledger's `counted_with` names the supplier, and each supplier's newest file counts.

    The lake's views show accepted files alone, and the door lets in no row outside the period of its file. So what
    counts is what no newer file has replaced, and where nothing is replaced, no row is looked up.
-#}
{% macro newest(extract, period_column=none) -%}
    with files as (
        select
            delivery_id,
            file,
            {%- if period_column %}
            month,
            {%- endif %}
            row_number() over (
                partition by {{ 'month, ' if period_column }}coalesce(counted_with, '')
                order by created_at desc, delivery_id desc, file desc
            ) as newest_first
        from {{ source('registry', 'ledger_month' if period_column else 'ledger') }}
        where extract = '{{ extract }}'{{ ' and accepted' if not period_column }}
    ),

    replaced as (
        select *
        from files
        where newest_first > 1
    )

    select lake.*
    from {{ source('lake', extract) }} as lake
    left join replaced
        on
            lake.delivery_id = replaced.delivery_id
            and lake.src_file = replaced.file
            {%- if period_column %}
            and {{ first_of_month('lake.' ~ period_column) }} = replaced.month
            {%- endif %}
    where replaced.file is null
{%- endmacro %}

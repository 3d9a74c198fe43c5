{#-
    Rows of an extract that count now, as the ledger of accepted files decides; older deliveries stay in the lake.

    Whole-table extracts (no `period_column`): the rows of the newest accepted file. Extracts with a period: for each
    month the rows of the newest accepted file that covers it, so a correction changes exactly the months it covers.
    Newest = greatest created_at, then delivery_id, then file name; never the time of arrival. Where the contract says
    `by_supplier`, the ledger's `counted_with` names the supplier, and each supplier's newest file counts.
-#}
{% macro newest(extract, period_column=none) -%}
    {%- if period_column %}
    with files as (
        select
            delivery_id,
            file,
            month,
            row_number() over (
                partition by month, coalesce(counted_with, '')
                order by created_at desc, delivery_id desc, file desc
            ) as newest_first
        from {{ source('registry', 'ledger_month') }}
        where extract = '{{ extract }}'
    )

    select lake.*
    from {{ source('lake', extract) }} as lake
    inner join files
        on
            lake.delivery_id = files.delivery_id
            and lake.src_file = files.file
            and {{ first_of_month('lake.' ~ period_column) }} = files.month
    where files.newest_first = 1
    {%- else %}
    with files as (
        select
            delivery_id,
            file,
            row_number() over (
                partition by coalesce(counted_with, '')
                order by created_at desc, delivery_id desc, file desc
            ) as newest_first
        from {{ source('registry', 'ledger') }}
        where extract = '{{ extract }}' and accepted
    )

    select lake.*
    from {{ source('lake', extract) }} as lake
    inner join files on lake.delivery_id = files.delivery_id and lake.src_file = files.file
    where files.newest_first = 1
    {%- endif %}
{%- endmacro %}

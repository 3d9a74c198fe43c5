{#- Of one kind and year the publishers' numbers are near: those apart by more than a share of THL's. -#}
{% test publishers_are_near(model, kind, share) %}
select thl.year
from {{ model }} as thl
inner join {{ model }} as kela on thl.year = kela.year and thl.kind = kela.kind
where
    thl.kind = '{{ kind }}'
    and thl.source = 'THL'
    and kela.source = 'KELA'
    and (
        abs(kela.n_households - thl.n_households) > {{ share }} * thl.n_households
        or abs(kela.n_persons - thl.n_persons) > {{ share }} * thl.n_persons
        or abs(kela.gross_eur - thl.gross_eur) > {{ share }} * thl.gross_eur
    )
{% endtest %}

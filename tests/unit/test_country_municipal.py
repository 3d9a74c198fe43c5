"""Two municipalities' own decisions in the made-up country: on what Kela passed on, in ids that each counts anew."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from avainvarasto.synthetic import municipal
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.reference_lists import holiday_rows
from tests.synthetic_demo import Tables

pytestmark = pytest.mark.unit


def test_decisions_find_their_household_client_and_notice(tables: Tables) -> None:
    wrong = """
        select d.decision_id from muni_supp_decision as d
        left join muni_household as h using (municipality_code, household_id)
        left join etotu_notification as n on n.notification_id = d.kela_notification_id
        where h.applicant_id is distinct from d.client_id or received_from_kela <> (kela_notification_id is not null)
           or (received_from_kela and (n.type, n.person_id, n.area_code)
               is distinct from ('TAYD_EHK_HAKEMUS', d.client_id, d.municipality_code))"""
    assert tables.rows(wrong) == []
    from_kela, n = tables.row("select count(kela_notification_id), count(*) from muni_supp_decision")
    assert 0.4 < from_kela / n < 0.8


def test_where_the_case_notes_a_decision_it_was_made_that_day(tables: Tables) -> None:
    same_day = """select cast(event_ts as date) = decision_date, count(*) > 10 from muni_supp_decision
                  join etotu_event on notification_id = kela_notification_id and event_type = 'PAATOS' group by 1"""
    assert tables.rows(same_day) == [(True, True)]
    disordered = """from muni_supp_decision where application_date > coalesce(complete_date, application_date)
                    or coalesce(complete_date, application_date) > decision_date"""
    assert tables.rows(disordered) == []


def test_ids_of_the_two_municipalities_are_equal_and_mean_others(tables: Tables) -> None:
    both, others = tables.row(
        """select count(*), count(*) filter (one.applicant_id <> other.applicant_id)
           from muni_household as one join muni_household as other using (household_id)
           where one.municipality_code < other.municipality_code"""
    )
    assert both == others > 20


def test_lines_add_up_to_what_was_granted(tables: Tables) -> None:
    apart = """
        with line as (select municipality_code, decision_id, sum(amount_eur) as eur
                      from muni_supp_expense_line group by all)
        select decision_id from muni_supp_decision full join line using (municipality_code, decision_id)
        where granted_eur is distinct from coalesce(eur, 0)"""
    assert tables.rows(apart) == []
    refused, n = tables.row("select count(*) filter (granted_eur = 0), count(*) from muni_supp_decision")
    assert 0.1 < refused / n < 0.45


def test_each_municipality_sends_half_years_of_its_own(tables: Tables) -> None:
    sent = """select municipality_code, delivery_id,
                     count(distinct year(decision_date) * 2 + quarter(decision_date) // 3)
              from muni_supp_decision group by all"""
    found = tables.rows(sent)
    assert {place for place, _, _ in found} == set(municipal.SUPPLIERS)
    assert len(found) == len({delivery_id for _, delivery_id, _ in found}) == 6
    assert {halves for _, _, halves in found} == {1}


def many_decisions() -> list[municipal.Decision]:
    """On applications of every weekday of a year, half of which Kela passed on."""
    person = Person(code="010190-900A", birth_year=1990, sex="1", name="", phone="", address="")
    family = municipal.Family(number=1, applicant=person, spouse=None, n_children=0)
    days = [day for day in (date(2018, 1, 1) + timedelta(days=n) for n in range(340)) if day.weekday() < 5]
    passed_on = [
        municipal.Application(f"E{n}", place, family, day, urgent=n % 8 == 0, registered=None)
        for place in municipal.SUPPLIERS
        for n, day in enumerate(days * 4)
    ]
    residents = {place: [family] for place in municipal.SUPPLIERS}
    return municipal.make_decisions(passed_on, residents, date(2018, 1, 1), date(2018, 12, 31), seed=7)


def test_three_in_a_hundred_are_decided_on_too_late_and_few_are_never_complete() -> None:
    made = many_decisions()
    timed = [one for one in made if one.urgent or one.complete]
    start = np.array([one.applied if one.urgent else one.complete for one in timed], "datetime64[D]")
    decided = np.array([one.decided for one in timed], "datetime64[D]")
    free = np.array([row["date"] for row in holiday_rows()], "datetime64[D]")
    urgent = np.array([one.urgent for one in timed])
    late = decided > np.busday_offset(start, np.where(urgent, 1, 7), roll="preceding", holidays=free)
    # THL, Toimeentulotuen käsittelyajat: 2.8 per cent in October 2017, 3.1 in April 2024.
    assert 0.02 < late.mean() < 0.045
    assert late[urgent].mean() < 0.08
    assert 0.01 < np.mean([one.complete is None for one in made]) < 0.05
    assert not any(one.positive for one in made if one.complete is None)

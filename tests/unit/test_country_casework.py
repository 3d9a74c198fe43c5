"""What municipalities do with Kela's notices in the made-up country: who is met, who misses, who hardly reacts."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.notices import TYPE_SHARES
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.places import HARDLY_REACTS, TAMPERE
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.etotu_tables import Etotu
from tests.synthetic_demo import Tables, a_country

pytestmark = pytest.mark.unit

# Shares of some: contacted, booked, met and missed, by what they have in common.
CASES = """
    with reached as (
        select notification_id, bool_or(event_type in ('YHT_PUHELIN', 'YHT_KIRJE', 'YHT_VIESTI')) as contacted,
               bool_or(event_type = 'AIKA_VARATTU') as booked, bool_or(event_type = 'TAPAAMINEN') as met,
               bool_or(event_type = 'EI_SAAPUNUT') as missed
        from event group by 1)
    select {groups}, count(*) as n, avg(cast(coalesce({happened}, false) as integer))
    from notice join person using (person_id) left join reached using (notification_id)
    where sent_ts < timestamp '2018-10-01' and {some}
    group by all having n >= 20
"""


@pytest.fixture(scope="module")
def cases() -> duckdb.DuckDBPyConnection:
    """Notices, events and persons of a year, many enough for shares."""
    country = a_country(scale=0.06, first="2018-01", last="2018-12")
    people = make_people(country)
    etotu = Etotu(country, people, Contacts(country, people))
    months = [etotu.month(make_budgets(country, row)) for row in range(len(country.months))]
    connection = duckdb.connect()
    given = {name: pa.concat_tables([month[f"etotu_{name}"] for month in months]) for name in ("notification", "event")}
    given["person"] = pa.table({"person_id": people.code, "birth_year": people.birth_year})
    for name, table in given.items():
        connection.register("given", table)
        connection.execute(f"create table {name.replace('notification', 'notice')} as select distinct * from given")
    return connection


def shares(cases: duckdb.DuckDBPyConnection, groups: str, happened: str, some: str = "true") -> dict[object, float]:
    found = cases.execute(CASES.format(groups=groups, happened=happened, some=some)).fetchall()
    return {group: share for group, _, share in found}


def test_need_of_social_work_leads_to_a_meeting_most_and_a_reduction_least(cases: duckdb.DuckDBPyConnection) -> None:
    met = shares(cases, "type", "met")
    assert len(met) == len(TYPE_SHARES)
    assert max(met, key=met.__getitem__) == "SOSIAALITYON_TARVE"
    assert min(met, key=met.__getitem__) == "ALENNETTU_PERUSOSA"
    assert met["SOSIAALITYON_TARVE"] > met["ALENNETTU_PERUSOSA"] + 0.2


def test_the_young_miss_appointments_more_often(cases: duckdb.DuckDBPyConnection) -> None:
    missed = shares(cases, "2018 - birth_year < 25", "missed", "booked")
    assert missed[True] > 1.5 * missed[False] > 0.1


def test_one_municipality_hardly_reacts_and_tampere_does_not_call_in_the_young(
    cases: duckdb.DuckDBPyConnection,
) -> None:
    contacted = shares(cases, f"area_code = '{HARDLY_REACTS}'", "contacted")
    assert contacted[True] < 0.3
    assert contacted[False] > 0.5
    young = shares(cases, "2018 - birth_year < 25", "contacted", f"area_code = '{TAMPERE}'")
    assert young[True] < 0.3
    assert young[False] > 0.5


# As delivered


def test_events_of_a_case_follow_its_notice_and_one_another_without_a_gap(tables: Tables) -> None:
    disordered = """
        select notification_id from (
            select notification_id, seq, row_number() over (order_of_case) as place,
                   event_ts - coalesce(lag(event_ts) over (order_of_case), sent_ts) as since
            from etotu_event left join etotu_notification using (notification_id)
            window order_of_case as (partition by notification_id order by seq))
        where seq <> place or coalesce(since <= interval 0 minutes, true)"""
    assert tables.rows(disordered) == []
    cases, events = tables.row("select count(distinct notification_id), count(*) from etotu_event")
    assert events > 3 * cases


def test_a_later_delivery_brings_events_of_earlier_notices(tables: Tables) -> None:
    late = """select count(*) from etotu_event as e join etotu_notification as n using (notification_id)
              where e.delivery_id > n.delivery_id"""
    assert tables.row(late)[0] > 100
    assert tables.rows(late.replace(">", "<")) == [(0,)]

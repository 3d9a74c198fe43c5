"""Notices of the made-up country: kinds at published shares, first batches on Mondays, breaks of the series."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.country.budgets import SPOUSE_ONLY, make_budgets
from avainvarasto.synthetic.country.composition import SPOUSE
from avainvarasto.synthetic.country.country import make_country
from avainvarasto.synthetic.country.notices import KINDS, STAGED_A_WEEK, Notices, Office
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.etotu_tables import Etotu

pytestmark = pytest.mark.unit

SEED_FILE = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
SCALE = 0.05
# Jokela, Kivipelto & Ylikännö: THL, Työpaperi 26/2019; notifications of 2017-2018.
PUBLISHED = {
    "TAYD_EHK_HAKEMUS": 0.51,
    "ALENNETTU_PERUSOSA": 0.20,
    "TYOTON_25PLUS_12KK": 0.10,
    "SOSIAALITYON_TARVE": 0.09,
}
# Kela: reduced persons in January-August 2018 (Verkkouutiset, October 2018).
REDUCED_PERSONS = 11_149


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, Notices], int]:
    """Notices by month of 2017 and 2018, and how many persons were reduced in January-August 2018."""
    country = make_country(SEED_FILE, scale=SCALE, first="2017-01", last="2018-12", seed=7)
    office, notices, reduced = Office(country), {}, set()
    for row, month in enumerate(country.months):
        budgets = make_budgets(country, row)
        notices[str(month)] = office.month(budgets)
        if "2018-01" <= str(month) <= "2018-08":
            of, role = (column[budgets.reduction > 0] for column in (budgets.households, budgets.reduced_role))
            reduced |= {("applicant", household) for household in of[role != SPOUSE_ONLY].tolist()}
            reduced |= {("spouse", household) for household in of[role >= SPOUSE_ONLY].tolist()}
    return notices, len(reduced)


def of_year(notices: dict[str, Notices], year: str) -> Notices:
    return Notices.joined([some for month, some in notices.items() if month.startswith(year)])


def test_kinds_have_their_published_shares(made: tuple[dict[str, Notices], int]) -> None:
    kinds = of_year(made[0], "2018").kind
    for name, share in PUBLISHED.items():
        assert float((kinds == KINDS.index(name)).mean()) == pytest.approx(share, abs=0.025), name
    assert set(kinds) == set(range(len(KINDS)))


def test_so_many_persons_are_reduced_as_kela_said(made: tuple[dict[str, Notices], int]) -> None:
    error = 3 * (REDUCED_PERSONS / SCALE) ** 0.5
    assert made[1] / SCALE == pytest.approx(REDUCED_PERSONS, abs=max(0.05 * REDUCED_PERSONS, error))


def test_the_first_notices_of_large_municipalities_go_out_on_mondays(made: tuple[dict[str, Notices], int]) -> None:
    of_2017 = of_year(made[0], "2017")
    staged = of_2017.of(of_2017.staged)
    assert len(staged) > 100
    days = staged.sent.astype("datetime64[D]")
    assert set(days.astype(int) % 7) == {np.datetime64("2017-10-23").astype(int) % 7}
    assert (staged.criteria < np.datetime64("2017-11-01")).all()
    assert days.max() > np.datetime64("2017-11-06")
    for place in np.unique(staged.place):
        _, sent_that_day = np.unique(days[staged.place == place], return_counts=True)
        assert sent_that_day.max() <= STAGED_A_WEEK * SCALE
    assert not of_year(made[0], "2018").staged.any()


def test_unemployed_and_immigrants_are_not_looked_for_before_their_time(made: tuple[dict[str, Notices], int]) -> None:
    def first_month(name: str) -> str:
        return min(month for month, some in made[0].items() if (some.kind == KINDS.index(name)).any())

    assert first_month("TYOTON_ALLE25_4KK") == first_month("TYOTON_25PLUS_12KK") == "2017-10"
    assert first_month("MAAHANMUUTTAJA_2KK") == "2017-06"


def test_telephone_numbers_come_from_october_2017_on(made: tuple[dict[str, Notices], int]) -> None:
    both = Notices.joined(list(made[0].values()))
    early = both.sent < np.datetime64("2017-10-09")
    assert not both.phone[early].any()
    assert 0.7 < both.phone[~early].mean() < 0.9


def tables(first: str, last: str, scale: float = 0.01) -> Iterator[dict[str, list[dict[str, object]]]]:
    country = make_country(SEED_FILE, scale=scale, first=first, last=last, seed=7)
    people = make_people(country)
    etotu = Etotu(country, people, Contacts(country, people))
    for row in range(len(country.months)):
        month = etotu.month(make_budgets(country, row))
        yield {name: table.to_pylist() for name, table in month.items()}


def test_counties_receive_from_2023_on_and_reductions_continue_from_november() -> None:
    for month, made in zip(range(1, 13), tables("2023-01", "2023-12"), strict=True):
        rows = made["etotu_notification"]
        assert {row["area_type"] for row in rows} == {"HVA"}
        continued = [row for row in rows if row["is_continuation_reduction"]]
        assert bool(continued) == (month >= 11)
        assert {row["type"] for row in continued} <= {"ALENNETTU_PERUSOSA"}


def test_immigrants_are_told_of_to_municipalities_again_from_2025_on() -> None:
    rows = [row for month in tables("2024-11", "2025-02") for row in month["etotu_notification"]]
    immigrants = {str(row["sent_ts"])[:4]: row["area_type"] for row in rows if row["type"] == "MAAHANMUUTTAJA_2KK"}
    assert immigrants == {"2024": "HVA", "2025": "KUNTA"}
    assert {row["area_type"] for row in rows if row["type"] != "MAAHANMUUTTAJA_2KK"} == {"HVA"}


def test_who_is_reduced_is_told_of_whether_applicant_or_spouse() -> None:
    country = make_country(SEED_FILE, scale=0.1, first="2018-01", last="2018-02", seed=7)
    office, told = Office(country), 0
    for row in range(2):
        budgets = make_budgets(country, row)
        notices = office.month(budgets)
        persons = notices.person[notices.kind == KINDS.index("ALENNETTU_PERUSOSA")]
        new = (budgets.reduction > 0) & ~budgets.continued
        first = country.first_person[budgets.households]
        alone, both = (first[new & (budgets.reduced_role == role)] for role in (0, 2))
        spouses = first[new & (budgets.reduced_role == 1)] + 1
        assert sorted(persons) == sorted([*alone, *spouses, *both, *both + 1])
        assert (country.persons.role[spouses] == SPOUSE).all()
        told += len(spouses) + len(both)
    assert told > 5


# Transfers


@pytest.fixture(scope="module")
def transferred() -> duckdb.DuckDBPyConnection:
    """Notices and events over the day from which on notices can be transferred."""
    months = list(tables("2020-08", "2020-12", scale=0.1))
    connection = duckdb.connect()
    for name in ("notification", "event"):
        rows = pa.Table.from_pylist([row for month in months for row in month[f"etotu_{name}"]])
        connection.register("given", rows)
        connection.execute(f"create table {name} as from given")
    return connection


def test_a_transferred_notice_ends_with_its_transfer_and_goes_on_elsewhere(
    transferred: duckdb.DuckDBPyConnection,
) -> None:
    wrong = """
        select later.notification_id from notification as later
        left join notification as earlier on later.transferred_from = earlier.notification_id
        left join event as transfer on transfer.notification_id = earlier.notification_id and event_type = 'SIIRRETTY'
        where later.transferred_from is not null and (
            (earlier.person_id, earlier.type, earlier.criteria_met_date)
                is distinct from (later.person_id, later.type, later.criteria_met_date)
            or earlier.area_code = later.area_code
            or not coalesce(later.sent_ts between transfer.event_ts and transfer.event_ts + interval 1 hour, false)
            or transfer.event_ts < timestamp '2020-09-26'
            or transfer.seq <> (select max(seq) from event where notification_id = earlier.notification_id)
            or transfer.seq = 1)"""
    assert transferred.execute(wrong).fetchall() == []
    counted = transferred.execute(
        """select (select count(transferred_from) from notification), count(*), count(distinct notification_id)
           from event where event_type = 'SIIRRETTY'"""
    ).fetchall()
    ((continued, n_transfers, n_transferred),) = counted
    assert continued == n_transfers == n_transferred > 10


def test_what_a_transferred_notice_leads_to_happens_where_it_went(transferred: duckdb.DuckDBPyConnection) -> None:
    (worked_on,) = transferred.execute(
        """select count(distinct notification_id) from event join notification using (notification_id)
           where transferred_from is not null and event_ts > sent_ts"""
    ).fetchone()
    assert worked_on > 5


def test_nothing_is_transferred_before_it_could_be() -> None:
    assert {
        row["transferred_from"] for month in tables("2020-05", "2020-08") for row in month["etotu_notification"]
    } == {None}

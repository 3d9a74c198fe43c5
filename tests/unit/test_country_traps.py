"""Traps of the field's data: each planted one shows where it is planted and nowhere else, and is counted truly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest

from avainvarasto import intake, lake
from avainvarasto.errors import DemoRefused
from avainvarasto.settings import Settings
from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.country import Country, make_country
from avainvarasto.synthetic.country.exits import DEATH, EMIGRATION, NAMES, WORK, make_exits
from avainvarasto.synthetic.country.notices import KINDS, Office
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.country.spells import Calendar
from avainvarasto.synthetic.country.traps import (
    ALL_PLANTED,
    CONTINUED,
    EPIDEMIC,
    PLANTED,
    TRUE_REASONS,
    Trap,
    chosen_traps,
)
from avainvarasto.synthetic.forms import DataFile
from avainvarasto.synthetic.sending import Sender
from avainvarasto.synthetic.sources.deliver import MUNICIPALITY_SEED, Sources
from avainvarasto.synthetic.writer import write_delivery
from tests.deliveries import CONTRACTS, a_home
from tests.landed import take_in

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Where:
    """A small country in which a trap shows."""

    first: str = "2018-01"
    last: str = "2018-03"
    scale: float = 0.002


ANYWHERE = Where()
# Traps of other months, and those that few households meet.
SHOWS_IN = {
    1: Where("2017-01", "2017-01"),
    2: Where("2017-10", "2017-10"),
    3: Where("2023-11", "2024-01", 0.01),
    4: Where("2023-01", "2023-01"),
    5: Where("2018-01", "2018-05", 0.006),
    6: Where("2018-01", "2018-08", 0.004),
    10: Where(scale=0.006),
    21: Where(scale=0.004),
    22: Where("2018-01", "2018-08", 0.004),
    25: Where("2026-02", "2026-04", 0.01),
    26: Where("2020-04", "2020-04"),
    32: Where("2018-12", "2018-12"),
}
NEEDS = {trap.number: {trap.number} | ({trap.needs} if trap.needs else set()) for trap in PLANTED}
# AVAIN is as it is whatever the months, and knows its own traps only.
IN_AVAIN = {trap.number for trap in PLANTED if "avain" in {CONTRACTS[extract].source for extract in trap.shows}}
NUMBERS = sorted(ALL_PLANTED)


def a_country(where: Where, traps: frozenset[int] = ALL_PLANTED) -> Country:
    return make_country(MUNICIPALITY_SEED, scale=where.scale, first=where.first, last=where.last, seed=7, traps=traps)


@cache
def rows_by_trap(where: Where, traps: frozenset[int], *, avain: bool = True) -> Mapping[int, int]:
    """What `truth.yml` says of the traps of a country; what takes time and has no traps is left out."""
    sources = Sources(a_country(where, traps), CONTRACTS, every=12)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sender, "_file", lambda _sender, contract, _rows: DataFile(contract.extract, "", b"", 0))
        patched.setattr("avainvarasto.synthetic.sources.deliver.population_rows", lambda *_: [])
        if not avain:
            patched.setattr(Sources, "_avain", lambda _sources: [])
        assert len(list(sources.deliveries())) > 15
    counted = sources.truth()["traps"]
    assert isinstance(counted, dict)
    return counted


def a_home_with(folder: Path, country: Country, *wanted: str) -> tuple[Settings, Mapping[int, int]]:
    """A home to which sources, or those with an extract, have delivered, and the rows of the planted traps."""
    home, made = a_home(folder), Sources(country, CONTRACTS, every=12)
    for delivery in made.deliveries():
        extracts = {file.extract for file in delivery.files if isinstance(file, DataFile)}
        if not extracts.isdisjoint(wanted) or delivery.source in wanted:
            write_delivery(home.landing, delivery)
    counted = made.truth()["traps"]
    assert isinstance(counted, dict)
    return home, counted


# Planted or not


@pytest.mark.parametrize("number", NUMBERS)
def test_a_trap_that_is_planted_alone_shows_alone(number: int) -> None:
    where = SHOWS_IN.get(number, ANYWHERE)
    counted = rows_by_trap(where, frozenset(NEEDS[number]), avain=number in IN_AVAIN)
    assert {other for other, rows in counted.items() if rows} == NEEDS[number]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_trap_that_is_left_out_does_not_show_though_all_others_do(number: int) -> None:
    where, avain = SHOWS_IN.get(number, ANYWHERE), number in IN_AVAIN
    assert rows_by_trap(where, ALL_PLANTED, avain=avain)[number] > 0
    assert rows_by_trap(where, ALL_PLANTED - {number}, avain=avain)[number] == 0


@pytest.mark.parametrize("where", [ANYWHERE, SHOWS_IN[1]], ids=lambda where: where.first)
def test_without_traps_none_shows(where: Where) -> None:
    counted = rows_by_trap(where, frozenset())
    assert counted == dict.fromkeys(counted, 0)
    assert set(counted) == ALL_PLANTED


def test_without_traps_the_suites_of_kela_take_every_row(tmp_path: Path) -> None:
    country = a_country(Where("2017-03", "2017-04"), frozenset())
    home, _ = a_home_with(tmp_path / "home", country, "kela")
    assert intake.take_in(home, CONTRACTS, "test")
    entries = lake.ledger(home)
    assert len(entries) == 9
    assert [entry["extract"] for entry in entries if not entry["accepted"] or entry["n_quarantined"]] == []


def test_with_all_traps_the_newest_months_of_the_incomparable_ones_are_taken_too(tmp_path: Path) -> None:
    home, _ = a_home_with(tmp_path / "home", a_country(Where("2017-01", "2017-03")), "kela")
    intake.take_in(home, CONTRACTS, "test")
    assert [entry["accepted"] for entry in lake.ledger(home) if entry["extract"] == "kela_coverage"] == [True]


# What a switch does beyond its rows


def test_before_november_2023_a_reduction_that_goes_on_is_not_told_of_again() -> None:
    def told_and_going_on(first: str, last: str, traps: frozenset[int]) -> tuple[int, int, int]:
        country = a_country(Where(first, last, 0.02), traps)
        office, new, flagged, going_on = Office(country), 0, 0, 0
        for row in range(len(country.months)):
            budgets = make_budgets(country, row)
            notices = office.month(budgets)
            reductions = notices.of(notices.kind == KINDS.index("ALENNETTU_PERUSOSA"))
            new += int((~reductions.continuation).sum())
            flagged += int(reductions.continuation.sum())
            going_on += int(budgets.continued.sum())
        return new, flagged, going_on

    before = told_and_going_on("2023-08", "2023-10", ALL_PLANTED)
    after = told_and_going_on("2023-11", "2024-01", ALL_PLANTED)
    never = told_and_going_on("2023-11", "2024-01", ALL_PLANTED - {CONTINUED})
    assert before[1] == never[1] == 0 < before[2]
    assert after[2] == never[2] >= after[1] > 5
    assert after[0] == never[0]


def test_a_reduction_lasts_two_months_at_most_and_no_longer_than_the_assistance() -> None:
    country = a_country(Where("2018-01", "2018-06", 0.02))
    continued = []
    for row in range(len(country.months)):
        budgets = make_budgets(country, row)
        going_on = np.zeros(len(country.kinds), bool)
        going_on[budgets.households[budgets.continued]] = True
        assert not (going_on & ~country.received[row]).any()
        assert (budgets.reduction[budgets.continued] > 0).all()
        continued.append(going_on)
    assert sum(int(both.sum()) for both in continued) > 10
    assert not any((one & two).any() for one, two in pairwise(continued))


def test_without_the_epidemic_reductions_go_on_and_with_it_there_are_none() -> None:
    def reduced(traps: frozenset[int]) -> int:
        country = a_country(Where("2020-04", "2020-05", 0.01), traps)
        return sum(int((make_budgets(country, row).reduction > 0).sum()) for row in range(2))

    assert reduced(ALL_PLANTED) == 0 < reduced(ALL_PLANTED - {EPIDEMIC})


def test_refunds_lower_december_until_2018_and_late_summer_from_2019_on() -> None:
    def leaving(month: str, *, seasons: bool = True) -> float:
        calendar = Calendar(np.datetime64(month, "M"), 1, seasons)
        return calendar.leaving(0)

    assert [leaving(month) > 1 for month in ("2017-12", "2018-12", "2019-12")] == [True, True, False]
    assert [leaving(month) > 1 for month in ("2018-08", "2018-09", "2019-08", "2019-09")] == [False, False, True, True]
    assert leaving("2018-12", seasons=False) == 1
    newcomers = Calendar(np.datetime64("2018-01", "M"), 1, seasons=True).entries()[:12]
    assert set(np.flatnonzero(newcomers > 1) + 1) == {6, 7}


def test_most_exits_are_no_employment_and_the_register_sees_death_and_emigration_only() -> None:
    country = a_country(Where("2018-01", "2018-12", 0.01))
    exits = make_exits(country, make_people(country))
    assert len(exits.reason) > 500
    assert 0.2 < (exits.reason == WORK).mean() < 0.5
    assert {NAMES[at] for at in np.unique(exits.reason[exits.seen])} == {DEATH, EMIGRATION}
    without = a_country(Where("2018-01", "2018-12", 0.01), ALL_PLANTED - {TRUE_REASONS})
    unseen = make_exits(without, make_people(without))
    assert set(unseen.reason[~unseen.seen]) == {WORK}


# The option


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("all", ALL_PLANTED), ("none", frozenset()), ("3", frozenset({3})), ("6, 22,39", frozenset({6, 22, 39}))],
)
def test_traps_are_chosen_by_number(text: str, numbers: frozenset[int]) -> None:
    assert chosen_traps(text) == numbers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("11", "'11' is no planted trap"),
        ("3,eleven", "'eleven' is no planted trap"),
        ("3,,7", "'' is no planted trap"),
        ("", "'' is no planted trap"),
        ("-3", "'-3' is no planted trap"),
        ("all,3", "'all' is no planted trap"),
        ("22", "trap 22 .* shows only together with trap 6"),
    ],
)
def test_what_is_no_planted_trap_is_refused(text: str, words: str) -> None:
    with pytest.raises(DemoRefused, match=words):
        chosen_traps(text)


# Counts in the lake


@dataclass(frozen=True)
class Landed:
    """A country's home after landing: the lake's newest rows as tables of their extracts, and what is told of it."""

    settings: Settings
    rows: duckdb.DuckDBPyConnection
    told: Mapping[int, int]
    delivered: tuple[str, ...]

    def has(self, trap: Trap) -> bool:
        return all({extract, CONTRACTS[extract].source} & set(self.delivered) for extract in trap.shows)


def landed(folder: Path, where: Where, *wanted: str) -> Landed:
    home, told = a_home_with(folder, a_country(where), *wanted)
    assert take_in(home)
    connection = duckdb.connect()
    lake.create_views(connection, home, CONTRACTS)
    for extract in sorted({extract for trap in PLANTED for extract in trap.shows} | {"avain_goal_review"}):
        newest = "qualify delivery_id = max(delivery_id) over (partition by month)"
        has_month = "month" in CONTRACTS[extract].columns
        connection.execute(f"create table {extract} as from lake.{extract} {newest if has_month else ''}")
    return Landed(home, connection, told, wanted)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Landed]:
    """The trial with its corrected month, and a time of counties and continued reductions."""
    folder, registers = tmp_path_factory.mktemp("homes"), ("kela", "etotu")
    return {
        "trial": landed(folder / "trial", Where("2017-10", "2018-08", 0.004), *registers, "avain", "sotkanet_region"),
        "counties": landed(folder / "counties", Where("2026-02", "2026-04", 0.01), *registers),
    }


# The lake has pseudonyms for identity codes and dates with their precision.
IN_THE_LAKE = {
    "applicant_id": "applicant_key",
    "person_id": "person_key",
    "length(assessment_date) = 4": "date_precision = 'Y'",
    "length(assessment_date) < 10": "date_precision <> 'D'",
    "assessment_date < '2018-03'": "assessment_date < '2018-03-01'",
}
# Merged codes stop at the door, and signs of identity codes go into pseudonyms.
NOT_IN_THE_LAKE = {9, 21}


def in_the_lake(sql: str) -> str:
    for delivered, kept in IN_THE_LAKE.items():
        sql = sql.replace(delivered, kept)
    return sql


@pytest.mark.parametrize("number", [one.number for one in PLANTED if one.shows and one.number not in NOT_IN_THE_LAKE])
def test_as_many_rows_are_in_the_lake_as_the_truth_says(homes: dict[str, Landed], number: int) -> None:
    (trap,) = [trap for trap in PLANTED if trap.number == number]
    found, told = [], []
    for home in (one for one in homes.values() if one.has(trap)):
        told.append(home.told[number])
        queries = [f"select count(*) from {extract} where {in_the_lake(sql)}" for extract, sql in trap.shows.items()]
        found.append(sum(home.rows.execute(query).fetchall()[0][0] for query in queries))
    assert found == told
    # Neither country has the months of the epidemic.
    assert sum(told) > 0 or number == EPIDEMIC


def test_codes_of_merged_municipalities_stop_at_the_door(homes: dict[str, Landed]) -> None:
    for home in homes.values():
        assert home.told[9] == 1
        assert home.rows.execute("from kela_household_month where municipality_code = '174'").fetchall() == []
        quarantined = [entry for entry in lake.ledger(home.settings) if entry["n_quarantined"]]
        assert ("kela_household_month", 1) in [(entry["extract"], entry["n_quarantined"]) for entry in quarantined]


def test_codes_that_differ_in_the_sign_only_are_two_persons_in_the_lake(homes: dict[str, Landed]) -> None:
    for home in homes.values():
        assert home.told[21] > 0
        (counted,) = home.rows.execute("select count(*), count(distinct person_key) from kela_person").fetchall()
        (entry,) = [entry for entry in lake.ledger(home.settings) if entry["extract"] == "kela_person"]
        assert counted == (entry["n_loaded"], entry["n_loaded"])


def test_a_month_that_is_delivered_again_had_lacked_households_and_the_newest_two_still_do(
    homes: dict[str, Landed],
) -> None:
    home = homes["trial"]
    months = "select delivery_id, count(*) from lake.kela_household_month where month = date '2018-06-01' group by 1"
    (first, at_first), (again, later) = sorted(home.rows.execute(months).fetchall())
    assert first < again
    assert 0 < later - at_first < home.told[39]
    incomplete = (
        "select distinct strftime(month, '%Y-%m') from kela_coverage where note = 'VAJAA' and not complete order by 1"
    )
    assert home.rows.execute(incomplete).fetchall() == [("2018-07",), ("2018-08",)]

"""Corrections: the newest delivery of a month counts, exactly there, whatever the order in which deliveries arrive.

The lake is made of small deliveries that really passed the door; what counts of it is asked of the macro that all
staging models use.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest

from avainvarasto import history, intake, lake
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.deliveries import CONTRACTS, a_home, a_household_month, deliver, edit_manifest
from tests.landed import changed, take_in

pytestmark = pytest.mark.dbt

MONTHLY, WHOLE = "kela_household_month", "avain_goal_review"
ALLOWED_EMPTY = {MONTHLY: changed(CONTRACTS[MONTHLY], may_be_empty=True)}


@dataclass(frozen=True)
class Sent:
    """A delivery of household months: rows by month, the amount telling the deliveries apart."""

    delivery_id: str
    months: tuple[int, int]
    amount: int
    rows: int = 2
    day: int = 1
    replaces: str | None = None

    def to(self, home: Settings) -> Path:
        first, last = (date(2018, month, 1) for month in self.months)
        rows = [
            a_household_month(number, month=date(2018, month, 1), granted_eur=str(self.amount))
            for month in range(self.months[0], self.months[1] + 1)
            for number in range(self.rows)
        ]
        return deliver(
            home,
            MONTHLY,
            rows,
            delivery_id=self.delivery_id,
            period=(first, (last + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
            created_at=f"2019-01-{self.day:02d}T02:00:00+02:00",
            replaces=self.replaces,
        )


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path)


@cache
def newest_sql(extract: str) -> str:
    """The macro as the extract's staging model calls it."""
    sources = {"lake": "lake", "registry": "lake"}
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - SQL, and none of it comes from outside
    macros = "".join(
        (PROJECT_ROOT / "dbt" / "macros" / f"{name}.sql").read_text("utf-8") for name in ("time", "newest")
    )
    model = (PROJECT_ROOT / "dbt" / "models" / "staging" / f"stg_{extract}.sql").read_text("utf-8")
    environment.globals["config"] = lambda **_: ""
    environment.globals["source"] = lambda name, table: f"{sources[name]}.{table}"
    rendered: str = environment.from_string(macros + model).render(none=None)
    return rendered


def staged(home: Settings, extract: str = MONTHLY) -> list[tuple[Any, ...]]:
    """Rows of the extract's staging model on this home's lake, in order."""
    with duckdb.connect() as connection:
        lake.create_views(connection, home, CONTRACTS)
        return sorted(connection.execute(newest_sql(extract)).fetchall())


def amounts(home: Settings) -> dict[int, tuple[int, int]]:
    """By month of 2018: the amount that counts and on how many rows."""
    with duckdb.connect() as connection:
        lake.create_views(connection, home, CONTRACTS)
        rows = connection.execute(
            f"select month(month), cast(min(granted_eur) as int), cast(max(granted_eur) as int), count(*) "
            f"from ({newest_sql(MONTHLY)}) group by all"
        ).fetchall()
    assert all(low == high for _, low, high, _ in rows)
    return {month: (low, n) for month, low, _, n in rows}


def files_of(home: Settings) -> dict[str, tuple[bytes, int]]:
    """Bytes and time of change of every file of lake and quarantine."""
    paths = [path for zone in (home.lake, home.quarantine) for path in zone.rglob("*") if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def arrive(home: Settings, *sent: Sent) -> None:
    """Each delivery in a night of its own."""
    for delivery in sent:
        delivery.to(home)
        assert take_in(home, ALLOWED_EMPTY) == [f"kela/{delivery.delivery_id}"]


def test_the_newest_delivery_of_a_month_wins_exactly_there(home: Settings) -> None:
    arrive(home, Sent("a", (1, 4), 100), Sent("b", (2, 3), 200, day=2))
    assert amounts(home) == {1: (100, 2), 2: (200, 2), 3: (200, 2), 4: (100, 2)}


def test_a_period_that_comes_late_is_added(home: Settings) -> None:
    arrive(home, Sent("a", (3, 4), 100), Sent("b", (1, 1), 200, day=2))
    assert amounts(home) == {1: (200, 2), 3: (100, 2), 4: (100, 2)}


def test_periods_that_overlap_are_settled_month_by_month(home: Settings) -> None:
    arrive(home, Sent("a", (1, 3), 100), Sent("b", (3, 5), 200, day=2))
    assert amounts(home) == {1: (100, 2), 2: (100, 2), 3: (200, 2), 4: (200, 2), 5: (200, 2)}
    arrive(home, Sent("c", (3, 3), 300, day=3))
    assert amounts(home) == {1: (100, 2), 2: (100, 2), 3: (300, 2), 4: (200, 2), 5: (200, 2)}


def test_a_correction_can_be_corrected(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100), Sent("b", (2, 2), 200, day=2, replaces="a"))
    arrive(home, Sent("c", (2, 2), 300, day=3, replaces="b"))
    assert amounts(home) == {1: (100, 2), 2: (300, 2)}


def test_a_correction_with_fewer_rows_removes_the_others(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100, rows=5), Sent("b", (2, 2), 200, rows=1, day=2))
    assert amounts(home) == {1: (100, 5), 2: (200, 1)}


def test_a_correction_without_rows_empties_its_month(home: Settings) -> None:
    arrive(home, Sent("a", (1, 3), 100), Sent("b", (2, 2), 200, rows=0, day=2))
    assert amounts(home) == {1: (100, 2), 3: (100, 2)}
    arrive(home, Sent("c", (2, 2), 300, day=3))
    assert amounts(home) == {1: (100, 2), 2: (300, 2), 3: (100, 2)}


def test_a_correction_that_is_refused_changes_nothing(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100))
    before = staged(home)
    Sent("b", (2, 2), 200, rows=0, day=2).to(home)
    assert take_in(home) == []
    assert staged(home) == before


def test_a_file_in_the_lake_that_is_not_accepted_counts_for_nothing(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100))
    before = staged(home)
    (entry,) = lake.accepted(home)
    file = lake.lake_file(home, entry["source"], MONTHLY, "a", entry["file"])
    shutil.copytree(file.parent, file.parent.with_name("b"))
    assert staged(home) == before


def test_the_same_delivery_twice_is_a_no_op(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100), Sent("b", (2, 2), 200, day=2))
    before, ledger = files_of(home), lake.ledger(home)
    assert take_in(home, ALLOWED_EMPTY) == []
    assert (files_of(home), lake.ledger(home)) == (before, ledger)
    shutil.rmtree(home.landing / "kela" / "a")
    Sent("a", (1, 2), 100).to(home)
    assert take_in(home, ALLOWED_EMPTY) == []
    after = files_of(home)
    assert {name for name in before if before[name] != after[name]} <= {str(home.lake / "_ledger" / "kela-a.parquet")}
    assert after.keys() == before.keys()
    assert [entry | {"folder_state": None} for entry in lake.ledger(home)] == [
        entry | {"folder_state": None} for entry in ledger
    ]


def test_the_same_content_under_another_id_counts_once(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100))
    before = staged(home)
    arrive(home, Sent("b", (1, 2), 100, day=2))
    assert staged(home) == before
    assert len(lake.accepted(home)) == 2


def test_a_correction_may_arrive_before_what_it_corrects(home: Settings) -> None:
    arrive(home, Sent("b", (2, 2), 200, day=2), Sent("a", (1, 3), 100))
    assert amounts(home) == {1: (100, 2), 2: (200, 2), 3: (100, 2)}


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_of_two_made_at_the_same_time_the_greater_id_wins(home: Settings, order: tuple[str, ...]) -> None:
    sent = {"a": Sent("a", (1, 1), 100), "b": Sent("b", (1, 1), 200)}
    arrive(home, *(sent[name] for name in order))
    assert amounts(home) == {1: (200, 2)}


def test_created_at_counts_as_a_moment_and_not_as_it_is_written(home: Settings) -> None:
    arrive(home, Sent("a", (1, 1), 100))
    edit_manifest(Sent("b", (1, 1), 200).to(home), created_at="2019-01-01T01:30:00+00:00")
    edit_manifest(Sent("c", (1, 1), 300).to(home), created_at="2019-01-01T02:30:00+03:00")
    assert take_in(home) == ["kela/b", "kela/c"]
    assert amounts(home) == {1: (200, 2)}


def a_review(seq: int, code: str) -> dict[str, Any]:
    return {
        "assessment_id": "A1",
        "goal_seq": seq,
        "review_date": date(2018, 10, 1),
        "attainment_code": code,
        "judged_by": "YHTEINEN",
    }


def test_of_a_whole_table_only_the_newest_counts(home: Settings) -> None:
    sent = [
        ("b", 2, [a_review(1, "OSITTAIN")]),
        ("a", 1, [a_review(1, "EI"), a_review(2, "EI")]),
        ("c", 3, []),
        ("d", 4, [a_review(3, "SAAVUTETTU")]),
    ]
    seen = []
    for delivery_id, day, rows in sent:
        made = f"2019-01-{day:02d}T02:00:00+02:00"
        deliver(home, WHOLE, rows, delivery_id=delivery_id, created_at=made)
        assert take_in(home) == [f"avain/{delivery_id}"]
        seen.append([row[1:5:2] for row in staged(home, WHOLE)])
    assert seen == [[(1, "OSITTAIN")], [(1, "OSITTAIN")], [], [(3, "SAAVUTETTU")]]


FOUR = (
    Sent("a", (1, 3), 100, rows=2, day=1),
    Sent("b", (3, 5), 200, rows=3, day=2),
    Sent("c", (3, 3), 300, rows=1, day=2),
    Sent("d", (2, 4), 400, rows=2, day=3, replaces="b"),
)


def every_order(home: Settings, left: Sequence[Sent]) -> Iterator[Settings]:
    """Homes, named by it, in which the deliveries arrived in each order; orders that begin alike share that part."""
    if not left:
        yield home
    for delivery in left:
        later = Settings(home=home.home.with_name(f"{home.home.name}{delivery.delivery_id}"))
        shutil.copytree(home.home, later.home)
        before = content_of(later)
        arrive(later, delivery)
        assert before.items() <= content_of(later).items()
        yield from every_order(later, [other for other in left if other != delivery])


def content_of(home: Settings) -> dict[str, bytes]:
    return {name: content for name, (content, _) in files_of(home).items()}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with four deliveries in the lake."""
    home = a_home(tmp_path_factory.mktemp("four"))
    arrive(home, *FOUR)
    return home


def test_all_orders_of_arrival_give_the_same_rows_and_older_deliveries_stay_byte_for_byte(
    four: Settings, tmp_path: Path
) -> None:
    expected = staged(four)
    assert amounts(four) == {1: (100, 2), 2: (400, 2), 3: (400, 2), 4: (400, 2), 5: (200, 3)}
    empty = Settings(home=tmp_path / "order-")
    shutil.copytree(four.keys, empty.keys)
    ends = {home.home.name: staged(home) for home in every_order(empty, FOUR)}
    assert len(ends) == 24
    assert {order for order, rows in ends.items() if rows != expected} == set()


def test_several_deliveries_of_one_night_give_the_same_rows(four: Settings, tmp_path: Path) -> None:
    home = Settings(home=tmp_path)
    shutil.copytree(four.keys, home.keys)
    for delivery in FOUR:
        delivery.to(home)
    assert len(take_in(home)) == 4
    assert staged(home) == staged(four)


def test_what_a_data_manager_is_told_counts_is_what_the_warehouse_reads(four: Settings) -> None:
    amount_of = {sent.delivery_id: sent.amount for sent in FOUR}
    told = {
        month.month: amount_of[entry["delivery_id"]]
        for (_, month, _), entry in history.counting(lake.ledger(four)).items()
        if month
    }
    assert told == {month: amount for month, (amount, _) in amounts(four).items()}


def test_a_rule_that_took_the_newest_arrival_would_be_seen(four: Settings) -> None:
    with duckdb.connect() as connection:
        lake.create_views(connection, four, CONTRACTS)
        connection.execute("update lake.ledger_month set created_at = timestamp '2019-01-09' where delivery_id = 'a'")
        rows = sorted(connection.execute(newest_sql(MONTHLY)).fetchall())
    assert rows != staged(four)


def refusal_of(home: Settings, sent: Sent) -> str:
    sent.to(home)
    opened = intake.open_arrivals(home, CONTRACTS)
    assert opened.deliveries == []
    (message,) = opened.refused
    assert f"kela/{sent.delivery_id}/delivery.yml" in message
    assert "Remedy: " in message
    return message


def test_a_delivery_may_not_replace_itself(home: Settings) -> None:
    assert "names the delivery itself" in refusal_of(home, Sent("a", (1, 1), 100, replaces="a"))


@pytest.mark.parametrize(("delivery_id", "day"), [("b", 1), ("Z", 2)], ids=["made earlier", "same time, smaller id"])
def test_what_replaces_must_be_newer_than_what_it_replaces(home: Settings, delivery_id: str, day: int) -> None:
    arrive(home, Sent("a", (1, 1), 100, day=2))
    before = staged(home)
    message = refusal_of(home, Sent(delivery_id, (1, 1), 200, day=day, replaces="a"))
    assert "created_at of the replaced one is not earlier" in message
    assert staged(home) == before


def test_what_replaces_must_share_a_month(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100))
    assert "no month in common" in refusal_of(home, Sent("b", (3, 3), 200, day=2, replaces="a"))


def test_what_replaces_must_share_an_extract(home: Settings) -> None:
    arrive(home, Sent("a", (3, 3), 100))
    deliver(home, "kela_person", [], delivery_id="b", created_at="2019-01-02T02:00:00+02:00", replaces="a")
    (message,) = intake.open_arrivals(home, CONTRACTS).refused
    assert "no extract in common" in message


def test_what_replaces_may_name_a_delivery_that_has_not_come(home: Settings) -> None:
    arrive(home, Sent("b", (2, 2), 200, day=2, replaces="a"), Sent("a", (1, 2), 100))
    assert amounts(home) == {1: (100, 2), 2: (200, 2)}


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (Sent("a", (2, 2), 100, day=3), "created_at of the replaced one is not earlier"),
        (Sent("a", (4, 4), 100, day=1), "no month in common"),
    ],
    ids=["made later", "of another month"],
)
def test_a_delivery_that_comes_after_its_correction_is_held_against_it(home: Settings, late: Sent, words: str) -> None:
    arrive(home, Sent("b", (2, 2), 200, day=2, replaces="a"))
    message = refusal_of(home, late)
    assert "b came earlier and says that it replaces this one" in message
    assert words in message
    assert amounts(home) == {2: (200, 2)}


def test_a_contradiction_between_two_of_one_night_refuses_one_of_them(home: Settings) -> None:
    Sent("a", (1, 1), 100, day=3).to(home)
    Sent("b", (1, 1), 200, day=2, replaces="a").to(home)
    assert take_in(home) == ["kela/a"]
    assert amounts(home) == {1: (100, 2)}


def test_a_delivery_of_another_source_with_that_id_is_not_meant(home: Settings) -> None:
    deliver(home, WHOLE, [a_review(1, "EI")], delivery_id="a", created_at="2020-01-01T02:00:00+02:00")
    assert take_in(home) == ["avain/a"]
    arrive(home, Sent("b", (1, 1), 200, replaces="a"))


def test_a_refused_delivery_takes_part_once_it_is_mended(home: Settings) -> None:
    arrive(home, Sent("a", (1, 2), 100))
    refusal_of(home, Sent("b", (3, 3), 200, day=2, replaces="a"))
    edit_manifest(home.landing / "kela" / "b", replaces=None)
    assert take_in(home) == ["kela/b"]
    assert amounts(home) == {1: (100, 2), 2: (100, 2), 3: (200, 2)}
    assert [entry["accepted"] for entry in lake.ledger(home)] == [True, True]

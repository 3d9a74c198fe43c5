"""A quarantined row is open until a newer delivery counts for its month; what became of it can be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from avainvarasto import cli, history, intake, lake
from avainvarasto.settings import Settings
from tests.deliveries import CODE, CONTRACTS, MARCH, a_household_month, a_notification, an_assessment, deliver

EXTRACT = "kela_household_month"
LENIENT = {
    name: contract.model_copy(update={"quarantine_limit": 1.0, "may_be_empty": True})
    for name, contract in CONTRACTS.items()
}
QUARTER = (date(2018, 1, 1), date(2018, 3, 31))
Row = dict[str, Any]


def take(home: Settings, extract: str, rows: Sequence[Row], day: int, period: Any = MARCH) -> str:
    """Deliver on a day of May 2018 and take it into the lake, the suites included."""
    delivery_id = f"2018-05-{day:02}T0200"
    created = datetime(2018, 5, day, tzinfo=UTC).isoformat()
    deliver(home, extract, rows, delivery_id=delivery_id, period=period, created_at=created)
    assert intake.open_arrivals(home, LENIENT).refused == []
    intake.land_extract(home, LENIENT, extract)
    intake.judge_extract(home, LENIENT, extract, "run")
    assert intake.commit_open(home, LENIENT) == [f"{LENIENT[extract].source}/{delivery_id}"]
    return delivery_id


def fate(home: Settings, delivery_id: str) -> list[tuple[int, str, str | None]]:
    """Line, status and settling delivery of each bad row of a delivery."""
    (entry,) = [row for row in lake.accepted(home) if row["delivery_id"] == delivery_id]
    return [(row.line, row.status, row.settled_by) for row in history.quarantined(home, LENIENT, entry)]


def still_open(home: Settings) -> int:
    return sum(len(rows) for _, rows in history.open_rows(home, LENIENT))


def bad(number: int, **changes: Any) -> Row:
    return a_household_month(number, household_type="TALO", **changes)


def test_a_row_that_a_correction_delivers_right_leaves_quarantine(home: Settings) -> None:
    first = take(home, EXTRACT, [a_household_month(1), bad(2)], 1)
    assert fate(home, first) == [(3, "open", None)]
    assert still_open(home) == 1
    second = take(home, EXTRACT, [a_household_month(1), a_household_month(2)], 2)
    assert fate(home, first) == [(3, "delivered right", second)]
    assert still_open(home) == 0


def test_a_row_that_is_bad_again_stays_open_once_in_the_delivery_that_counts(home: Settings) -> None:
    first = take(home, EXTRACT, [a_household_month(1), bad(2)], 1)
    second = take(home, EXTRACT, [a_household_month(1), a_household_month(2, n_adults=3)], 2)
    assert fate(home, first) == [(3, "bad again", second)]
    assert fate(home, second) == [(3, "open", None)]
    assert still_open(home) == 1
    third = take(home, EXTRACT, [a_household_month(1), a_household_month(2)], 3)
    assert fate(home, first) == [(3, "delivered right", third)]
    assert fate(home, second) == [(3, "delivered right", third)]


def test_a_row_that_is_not_delivered_again_is_settled_and_says_so(home: Settings) -> None:
    first = take(home, EXTRACT, [a_household_month(1), bad(2)], 1)
    second = take(home, EXTRACT, [a_household_month(1)], 2)
    assert fate(home, first) == [(3, "not delivered again", second)]
    assert still_open(home) == 0


def test_a_correction_of_another_month_settles_nothing(home: Settings) -> None:
    rows = [a_household_month(1), bad(2), bad(3, month=date(2018, 1, 1))]
    first = take(home, EXTRACT, rows, 1, QUARTER)
    january = a_household_month(3, month=date(2018, 1, 1))
    second = take(home, EXTRACT, [january], 2, (date(2018, 1, 1), date(2018, 1, 31)))
    assert fate(home, first) == [(3, "open", None), (4, "delivered right", second)]


def test_an_older_correction_that_comes_late_settles_nothing(home: Settings) -> None:
    newest = take(home, EXTRACT, [a_household_month(1), bad(2)], 9)
    take(home, EXTRACT, [a_household_month(1), a_household_month(2)], 2)
    assert fate(home, newest) == [(3, "open", None)]


def test_a_row_without_a_readable_month_waits_for_every_month_of_its_delivery(home: Settings) -> None:
    first = take(home, EXTRACT, [a_household_month(1), a_household_month(2, month="maaliskuu")], 1, QUARTER)
    take(home, EXTRACT, [a_household_month(2)], 2)
    assert fate(home, first) == [(3, "open", None)]
    last = take(home, EXTRACT, [a_household_month(2)], 3, QUARTER)
    assert fate(home, first) == [(3, "not delivered again", last)]


def test_rows_of_persons_and_whole_tables_are_settled_too(home: Settings) -> None:
    first = take(home, "etotu_notification", [a_notification(1), a_notification(2, type="MUU")], 1)
    second = take(home, "etotu_notification", [a_notification(1), a_notification(2)], 2)
    assert fate(home, first) == [(3, "delivered right", second)]
    third = take(home, "avain_assessment", [an_assessment(1), an_assessment(2, pilot_group="MUU")], 3)
    fourth = take(home, "avain_assessment", [an_assessment(1), an_assessment(2)], 4)
    assert fate(home, third) == [(3, "delivered right", fourth)]


def test_the_quarantine_of_a_refused_delivery_can_be_looked_at(
    home: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(home, EXTRACT, [a_household_month(1), bad(2)])
    intake.open_arrivals(home, CONTRACTS)
    intake.land_extract(home, CONTRACTS, EXTRACT)
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    assert cli.main(["deliveries", "quarantine", "2018-04-08T0200"]) == 0
    assert "household_month.csv line 3: domain of household_type (delivery refused)" in capsys.readouterr().out
    assert cli.main(["deliveries", "show", "kela/2018-04-08T0200"]) == 0
    assert "outcome         refused: kela/2018-04-08T0200/household_month.csv: 1 of 2 rows" in capsys.readouterr().out


def test_the_commands_show_places_and_rules_and_nobody(
    home: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    rows = [a_notification(1), a_notification(2, type="MUU")]
    first = take(home, "etotu_notification", rows, 1)
    second = take(home, "etotu_notification", [a_notification(1), a_notification(2)], 2)
    (pseudonym,) = {
        str(row[0])
        for row in history.duckdb.sql(f"select person_key from '{home.lake}/etotu/*/*/*.parquet'").fetchall()
    }
    said = ""
    for call in (
        ["show", first],
        ["quarantine", f"etotu/{first}", "--all", "--csv"],
        ["history", "etotu_notification", "2018-03"],
    ):
        assert cli.main(["deliveries", *call]) == 0
        said += capsys.readouterr().out
    assert "counts for      nothing any more" in said
    assert f"notification.csv,3,domain,type,delivered right,{second}" in said
    assert f"{second},notification.csv,yes," in said
    assert f"{first},notification.csv,no," in said
    for value in (CODE, "Öljymäki", "1234567", pseudonym):
        assert value not in said


def test_without_a_name_the_open_rows_of_all_deliveries_are_listed(
    home: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    take(home, EXTRACT, [a_household_month(1), bad(2)], 1)
    second = take(home, EXTRACT, [a_household_month(1), a_household_month(2, n_adults=3)], 2)
    assert cli.main(["deliveries", "quarantine"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"kela/{second}: household_month.csv line 3: at_most of n_adults (open) {{}}",
        "1 quarantined rows are open.",
    ]
    assert cli.main(["deliveries", "quarantine", "--csv"]) == 0
    assert f"kela/{second},household_month.csv,3,at_most,n_adults,open,," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["show", "2018-01-01"], "no such delivery is known"),
        (["history", "kela_decisions", "2018-03"], "there is no contract of this extract"),
        (["history", EXTRACT, "maaliskuu"], "is not a month"),
        (["history", "kela_person", "2018-03"], "no period of a whole-table extract"),
    ],
)
def test_a_wrong_name_is_said_in_plain_words(
    home: Settings, call: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    assert cli.main(["deliveries", *call]) == 1
    assert words in capsys.readouterr().err

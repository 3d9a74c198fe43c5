"""The door: a layout that differs refuses the delivery, a bad row goes to quarantine, and no value leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from avainvarasto import intake, lake
from avainvarasto.contracts import Contract
from avainvarasto.landing.door import FileCounts
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import Settings
from tests.deliveries import (
    CODE,
    CONTRACTS,
    a_household_month,
    a_notification,
    a_printed_number,
    an_assessment,
    data_of,
    deliver,
    rewrite,
)


def land(home: Settings, extract: str, limit: float = 1.0) -> FileCounts:
    """Counts of the one file landed; the quarantine limit is lifted so that single rows can be looked at."""
    contracts = contracts_with_limit(extract, limit)
    opened = intake.open_arrivals(home, contracts)
    assert opened.refused == []
    (counts,) = intake.land_extract(home, contracts, extract).values()
    return counts


def refused(home: Settings, extract: str) -> str:
    """Reason in the ledger of the one delivery, which landing refused."""
    assert intake.open_arrivals(home, CONTRACTS).refused == []
    assert intake.land_extract(home, CONTRACTS, extract) == {}
    (entry,) = lake.ledger(home)
    assert entry["accepted"] is False
    assert entry["n_delivered"] is None
    assert CODE not in entry["reason"]
    assert list((home.lake / "_pending").rglob("*.parquet")) == []
    return str(entry["reason"])


def contracts_with_limit(extract: str, limit: float) -> dict[str, Contract]:
    return CONTRACTS | {extract: CONTRACTS[extract].model_copy(update={"quarantine_limit": limit})}


def quarantined(home: Settings) -> list[dict[str, Any]]:
    (path,) = home.quarantine.rglob("*.parquet")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def column_out(content: bytes) -> bytes:
    lines = content.decode().splitlines()
    return "\n".join(line.rpartition(";")[0] for line in lines).encode() + b"\n"


def column_more(content: bytes) -> bytes:
    lines = content.decode().splitlines()
    return "\n".join([lines[0] + ";kuntanro", *(line + ";1" for line in lines[1:])]).encode() + b"\n"


def one_line_longer(content: bytes) -> bytes:
    lines = content.decode().splitlines()
    lines[3] += f";{CODE}"
    return "\n".join(lines).encode() + b"\n"


def without_header(content: bytes) -> bytes:
    return f"{CODE};{CODE}\n".encode() + content.split(b"\n", 1)[1]


LAYOUTS: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("a missing column", column_out, "column 'rejected' of contract kela_household_month (version 2) is missing"),
    ("an extra column", column_more, "column 'kuntanro' is not in contract kela_household_month (version 2)"),
    (
        "a line too long",
        one_line_longer,
        f"does not have {len(CONTRACTS['kela_household_month'].columns)} columns with",
    ),
    ("no header", without_header, "is not a header"),
    ("commas for semicolons", lambda c: c.replace(b";", b","), "is not a header"),
    ("other encoding", lambda c: c.replace(b"H1;", "Hä;".encode("latin-1")), "a line is not utf-8"),
]


@pytest.mark.parametrize(("change", "words"), [(c, w) for _, c, w in LAYOUTS], ids=[name for name, _, _ in LAYOUTS])
def test_another_layout_than_agreed_refuses_the_delivery(
    home: Settings, change: Callable[[bytes], bytes], words: str
) -> None:
    folder = deliver(home, "kela_household_month", [a_household_month(n) for n in range(5)])
    rewrite(folder, change(data_of(folder)))
    reason = refused(home, "kela_household_month")
    assert words in reason
    assert "kela/2018-04-08T0200/" in reason


def test_a_row_count_that_differs_refuses_the_delivery(home: Settings) -> None:
    deliver(home, "kela_household_month", [a_household_month()], files={"rows": 7})
    assert "holds 1 rows, delivery.yml says 7" in refused(home, "kela_household_month")


def test_an_empty_file_is_refused_where_the_contract_does_not_allow_it(home: Settings) -> None:
    deliver(home, "kela_household_month", [])
    assert "is empty" in refused(home, "kela_household_month")


def test_an_empty_file_is_taken_where_the_contract_allows_it(home: Settings) -> None:
    deliver(home, "avain_goal_review", [])
    assert land(home, "avain_goal_review") == FileCounts(0, 0, 0)


ROWS: list[tuple[str, dict[str, Any], str, str]] = [
    ("kela_household_month", a_household_month(municipality_code="174"), "municipality_ended", "municipality_code"),
    ("kela_household_month", a_household_month(municipality_code="999"), "municipality_unknown", "municipality_code"),
    ("kela_household_month", a_household_month(household_type="TALO"), "domain", "household_type"),
    ("kela_household_month", a_household_month(n_adults="kaksi"), "type", "n_adults"),
    ("kela_household_month", a_household_month(n_adults=3), "at_most", "n_adults"),
    ("kela_household_month", a_household_month(n_children=-1), "at_least", "n_children"),
    ("kela_household_month", a_household_month(granted_eur="480.50"), "type", "granted_eur"),
    ("kela_household_month", a_household_month(household_id=None), "required", "household_id"),
    ("kela_household_month", a_household_month(month=date(2018, 4, 1)), "inside_period", "month"),
    ("etotu_notification", a_notification(person_id="010594Y9020"), "identity_code", "person_id"),
    ("etotu_notification", a_notification(person_id="Matti"), "identity_code", "person_id"),
    ("etotu_notification", a_notification(type="ALENNETTU"), "domain", "type"),
    (
        "etotu_notification",
        a_notification(is_continuation_reduction=True),
        "not_yet_in_use",
        "is_continuation_reduction",
    ),
    ("etotu_notification", a_notification(area_type="HVA", area_code="77"), "county_unknown", "area_code"),
    ("etotu_notification", a_notification(sent_ts=datetime(2018, 4, 1)), "inside_period", "sent_ts"),
    ("prosos_printed_background", a_printed_number(value="Matti Meikäläinen"), "pattern", "value"),
    ("avain_assessment", an_assessment(assessment_date="11.4.2018"), "type", "assessment_date"),
    ("avain_assessment", an_assessment(assessment_date="2018-13"), "type", "assessment_date"),
]


@pytest.mark.parametrize(("extract", "row", "rule", "column"), ROWS, ids=[f"{r}-{c}" for _, _, r, c in ROWS])
def test_a_bad_row_goes_to_quarantine_and_the_rest_loads(
    home: Settings, extract: str, row: dict[str, Any], rule: str, column: str
) -> None:
    good = {
        "kela_household_month": a_household_month,
        "etotu_notification": a_notification,
        "avain_assessment": an_assessment,
        "prosos_printed_background": a_printed_number,
    }[extract](2)
    deliver(home, extract, [good, row])
    assert land(home, extract) == FileCounts(n_delivered=2, n_loaded=1, n_quarantined=1)
    (bad,) = quarantined(home)
    assert (bad["src_row"], bad["rule"], bad["broken_column"]) == (3, rule, column)


def test_rows_that_share_a_key_are_all_quarantined(home: Settings) -> None:
    deliver(home, "kela_household_month", [a_household_month(1), a_household_month(2), a_household_month(1)])
    assert land(home, "kela_household_month") == FileCounts(3, 1, 2)
    assert [row["src_row"] for row in quarantined(home)] == [2, 4]
    assert {row["rule"] for row in quarantined(home)} == {"unique_key"}


def test_quarantine_shows_codes_of_plain_columns_and_nothing_else(home: Settings) -> None:
    row = a_notification(type=CODE, urgency="TAVALLINEN", person_id="010594Y9020")
    deliver(home, "etotu_notification", [a_notification(2), row])
    land(home, "etotu_notification")
    (bad,) = quarantined(home)
    assert '"urgency":"TAVALLINEN"' in bad["content"]
    for value in (CODE, "010594Y9020", "Öljymäki", "1234567"):
        assert value not in str(bad)


def test_more_bad_rows_than_the_limit_refuse_the_delivery(home: Settings) -> None:
    rows = [a_household_month(n, household_type="TALO" if n < 3 else "YKSIN_ASUVA") for n in range(100)]
    deliver(home, "kela_household_month", rows)
    reason = refused(home, "kela_household_month")
    assert "3 of 100 rows break the contract, more than the 1.0% allowed" in reason
    assert "'domain' of household_type (3 rows, first in line 2)" in reason


def test_a_code_valid_on_the_day_of_the_row_is_accepted(home: Settings) -> None:
    row = a_household_month(municipality_code="911", month=date(2019, 12, 1))  # Valtimo ended with 2019
    deliver(home, "kela_household_month", [row], period=(date(2019, 12, 1), date(2019, 12, 31)))
    assert land(home, "kela_household_month") == FileCounts(1, 1, 0)


def test_kelas_mask_is_no_municipality_and_no_error(home: Settings) -> None:
    deliver(home, "kela_household_month", [a_household_month(municipality_code="199")])
    assert land(home, "kela_household_month") == FileCounts(1, 1, 0)


def test_what_leaves_the_door_is_pseudonymous_and_typed(home: Settings) -> None:
    deliver(home, "etotu_notification", [a_notification()])
    land(home, "etotu_notification")
    (pending,) = (home.lake / "_pending").rglob("*.parquet")
    table = pq.read_table(pending)
    assert table.column_names == list(CONTRACTS["etotu_notification"].lake_columns())
    (row,) = table.to_pylist()
    assert isinstance(row["person_key"], int)
    assert (row["code_birth_year"], row["code_sex"]) == (1994, "2")
    assert row["sent_ts"] == datetime(2018, 3, 5, 10, 0)
    assert "name" not in row
    assert CODE not in str(row)
    assert set(table.schema.metadata) >= {b"key_id", b"contract_version"}


@pytest.mark.parametrize(
    ("given", "day", "precision"),
    [("2018", date(2018, 1, 1), "Y"), ("2018-04", date(2018, 4, 1), "M"), ("2018-04-11", date(2018, 4, 11), "D")],
)
def test_a_partial_date_keeps_its_precision(home: Settings, given: str, day: date, precision: str) -> None:
    deliver(home, "avain_assessment", [an_assessment(assessment_date=given)])
    land(home, "avain_assessment")
    (pending,) = (home.lake / "_pending").rglob("*.parquet")
    (row,) = pq.read_table(pending).to_pylist()
    assert (row["assessment_date"], row["date_precision"]) == (day, precision)


def test_the_workroom_of_the_door_leaves_nothing_behind(home: Settings) -> None:
    deliver(home, "etotu_notification", [a_notification()])
    land(home, "etotu_notification")
    assert [path.name for path in home.landing.iterdir()] == ["etotu"]


def test_a_workroom_left_by_a_killed_run_is_cleared_before_anything_is_opened(home: Settings) -> None:
    left = home.landing / ".work-killed"
    left.mkdir()
    (left / "recoded.csv").write_text(CODE)
    intake.open_arrivals(home, CONTRACTS)
    assert not left.exists()


def test_two_codes_with_one_pseudonym_refuse_the_delivery(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "keyed_many", lambda key, domain, codes: np.full(len(codes), 7))
    deliver(home, "kela_household_month", [a_household_month(1), a_household_month(2)])
    assert "two codes of column 'household_id' share a pseudonym" in refused(home, "kela_household_month")

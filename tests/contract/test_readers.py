"""How a supplier writes is the reader's business: the lake holds the same rows whoever wrote them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto import lake
from avainvarasto.contracts import Contract
from avainvarasto.settings import Settings
from tests.contract_rows import DAY, Row, good_rows, month_of
from tests.deliveries import CONTRACTS, MARCH, data_of, deliver, edit_manifest, rewrite
from tests.landed import changed, lenient, take_in

pytestmark = pytest.mark.contract

EVENT, PAYMENT = CONTRACTS["etotu_event"], CONTRACTS["kela_payment"]
WITH_OFFSET = changed(EVENT, reader=EVENT.reader.model_dump() | {"timestamp": "%Y-%m-%dT%H:%M:%S%z"})
COMMAS = PAYMENT.reader.model_dump() | {
    "delimiter": ",",
    "decimal": ".",
    "date": "%Y-%m-%d",
    "month": "%Y-%m",
    "boolean": ["true", "false"],
    "encoding": "iso-8859-15",
    "rename": {"maksu": "payment_id", "määrä": "amount_eur"},
}
BY_SUPPLIER = changed(PAYMENT, readers={"Turku": COMMAS})


def landed(home: Settings, extract: str) -> list[dict[str, Any]]:
    """Rows of an extract in the lake, by delivery and line."""
    tables = [pq.read_table(path).to_pylist() for path in sorted((home.lake).glob(f"*/{extract}/*/*.parquet"))]
    return [row for rows in tables for row in rows]


@pytest.mark.parametrize(
    ("written", "wall"),
    [
        ("2018-03-24T21:59:59+0000", datetime(2018, 3, 24, 23, 59, 59)),
        ("2018-03-25T00:59:00+0000", datetime(2018, 3, 25, 2, 59)),  # the last minute of winter time
        ("2018-03-25T01:00:00+0000", datetime(2018, 3, 25, 4, 0)),  # the first of summer time
        ("2018-03-30T12:00:00+0300", datetime(2018, 3, 30, 12, 0)),
        ("2018-03-05T12:00:00+0200", datetime(2018, 3, 5, 12, 0)),
        ("2018-03-05T12:00:00+0100", datetime(2018, 3, 5, 13, 0)),  # Stockholm
        ("2018-03-31T20:59:00+0000", datetime(2018, 3, 31, 23, 59)),
        ("2018-02-28T22:00:00+0000", datetime(2018, 3, 1, 0, 0)),
    ],
)
def test_a_moment_with_an_offset_lands_as_helsinki_wall_time(home: Settings, written: str, wall: datetime) -> None:
    (row,) = good_rows(EVENT, 1)
    deliver(home, "etotu_event", [row | {"event_ts": written}], contract=WITH_OFFSET)
    assert take_in(home, CONTRACTS | {"etotu_event": WITH_OFFSET})
    (path,) = home.lake.glob("*/etotu_event/*/*.parquet")
    assert str(pq.read_schema(path).field("event_ts").type) == "timestamp[us]"
    (found,) = landed(home, "etotu_event")
    assert found["event_ts"] == wall


def test_the_period_is_held_against_the_wall_time_and_not_against_the_time_as_written(home: Settings) -> None:
    written = ["2018-03-31T21:00:00+0000", "2018-02-28T21:59:59+0000", "2018-03-31T20:59:59+0000"]
    rows = [row | {"event_ts": text} for row, text in zip(good_rows(EVENT, 3), written, strict=True)]
    contract = lenient(WITH_OFFSET)
    deliver(home, "etotu_event", rows, contract=contract)
    assert take_in(home, CONTRACTS | {"etotu_event": contract})
    assert [row["src_row"] for row in landed(home, "etotu_event")] == [4]


def test_a_moment_without_the_agreed_offset_is_quarantined(home: Settings) -> None:
    good, bad = good_rows(EVENT, 2)
    contract = lenient(WITH_OFFSET)
    rows = [good | {"event_ts": "2018-03-05T10:00:00+0200"}, bad | {"event_ts": "2018-03-05T10:00:00"}]
    deliver(home, "etotu_event", rows, contract=contract)
    assert take_in(home, CONTRACTS | {"etotu_event": contract})
    assert [row["src_row"] for row in landed(home, "etotu_event")] == [2]


def in_the_other_form(rows: list[Row]) -> bytes:
    """The same rows as the second supplier writes them."""
    names = {column: name for name, column in COMMAS["rename"].items()}
    form = BY_SUPPLIER.as_written_by("Turku")
    (other,) = good_rows(form, 1)
    lines = [",".join(names.get(column, column) for column in form.columns)]
    for row in rows:
        same = row | {name: other[name] for name in ("benefit_month", "payment_date", "amount_eur", "is_return")}
        lines.append(",".join(same[name] for name in form.columns))
    return ("\r\n".join(lines) + "\r\n").encode("iso-8859-15")


def test_two_suppliers_that_write_differently_land_equal_rows(home: Settings) -> None:
    rows = good_rows(PAYMENT, 3)
    deliver(home, "kela_payment", rows, delivery_id="a", contract=BY_SUPPLIER)
    folder = deliver(home, "kela_payment", rows, delivery_id="b", contract=BY_SUPPLIER)
    semicolons = data_of(folder)
    rewrite(folder, in_the_other_form(rows))
    edit_manifest(folder, supplier="Turku", replaces="a")
    assert data_of(folder) != semicolons
    assert take_in(home, CONTRACTS | {"kela_payment": BY_SUPPLIER}) == ["kela/a", "kela/b"]
    found = landed(home, "kela_payment")
    own = {"delivery_id": None}
    assert [row | own for row in found[:3]] == [row | own for row in found[3:]]
    assert found[0]["payment_date"] == DAY
    assert found[0]["benefit_month"] == date(2018, 3, 1)
    assert {entry["supplier"] for entry in lake.accepted(home)} == {"Kela", "Turku"}


@pytest.mark.parametrize(("supplier", "says"), [("Turku", "is not a header"), ("Kela", "is not utf-8")])
def test_a_supplier_is_held_to_its_own_form_and_named_as_the_one_to_ask(
    home: Settings, supplier: str, says: str
) -> None:
    rows = good_rows(PAYMENT, 2)
    folder = deliver(home, "kela_payment", rows, contract=BY_SUPPLIER)
    if supplier == "Kela":
        rewrite(folder, in_the_other_form(rows))
    edit_manifest(folder, supplier=supplier)
    assert take_in(home, CONTRACTS | {"kela_payment": BY_SUPPLIER}) == []
    (entry,) = lake.ledger(home)
    assert says in entry["reason"]
    assert f"ask {supplier} for" in entry["reason"]


def test_a_supplier_without_a_form_of_its_own_writes_as_the_extract_is_written() -> None:
    contract: Contract = BY_SUPPLIER.as_written_by("Raisio")
    assert contract.reader == PAYMENT.reader
    assert contract.supplier == "Kela"
    assert month_of(DAY) == MARCH

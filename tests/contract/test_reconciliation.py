"""Delivered = loaded + quarantined, for every accepted file, wherever it is counted; a refused file has no counts."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from avainvarasto import lake
from avainvarasto.contract_readers import CsvReader, JsonStatReader, PxWebReader
from avainvarasto.contracts import Contract
from avainvarasto.landing.quarantine import quarantine_file
from avainvarasto.settings import Settings
from tests.conftest import Night
from tests.contract_rows import good_rows
from tests.cubes import of_jsonstat, of_pxweb
from tests.deliveries import CONTRACTS, deliver, edit_manifest
from tests.landed import lifted, take_in
from tests.synthetic_demo import read

pytestmark = pytest.mark.contract

Counts = tuple[int, int, int]
COUNTED = ("n_delivered", "n_loaded", "n_quarantined")


def name_of(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["source"], entry["delivery_id"], entry["file"]


def accepted_files(home: Settings) -> list[dict[str, Any]]:
    """Entries of the files as they came; the parts of a document are counted in it."""
    return [entry for entry in lake.delivered(home) if entry["accepted"]]


def in_the_ledger(home: Settings) -> dict[tuple[str, str, str], Counts]:
    return {name_of(entry): tuple(entry[name] for name in COUNTED) for entry in accepted_files(home)}  # type: ignore[misc]


def in_the_files(home: Settings) -> dict[tuple[str, str, str], Counts]:
    """Lines as they came, rows of the lake and rows of quarantine, each counted in its own file."""
    counted = {}
    for entry in accepted_files(home):
        source, delivery_id, file = name_of(entry)
        contract = CONTRACTS[entry["extract"]].as_written_by(entry["supplier"])
        delivered = rows_in(home.landing / source / delivery_id / file, contract)
        loaded = pq.read_metadata(lake.lake_file(home, source, entry["extract"], delivery_id, file)).num_rows
        bad = quarantine_file(home, source, delivery_id, entry["extract"], file)
        counted[name_of(entry)] = (delivered, loaded, pq.read_metadata(bad).num_rows if bad.exists() else 0)
    return counted


def rows_in(path: Path, contract: Contract) -> int:
    """Lines of delimited text, cells of a cube; of other forms, the records that their reader finds."""
    if isinstance(contract.reader, JsonStatReader):
        return len(of_jsonstat(path, contract.reader))
    if isinstance(contract.reader, PxWebReader):
        return len(of_pxweb(path, contract.reader))
    if not isinstance(contract.reader, CsvReader):
        return len(read(path, contract))
    text = path.read_bytes().decode(contract.reader.encoding)
    return sum(1 for line in csv.reader(io.StringIO(text), delimiter=contract.reader.delimiter) if line) - 1


def unbalanced(counts: dict[tuple[str, str, str], Counts]) -> list[tuple[str, str, str]]:
    return [name for name, (delivered, loaded, bad) in counts.items() if delivered != loaded + bad]


def test_the_counts_of_a_night_are_those_of_its_files_and_are_published(night: Night) -> None:
    home = night.settings
    ledger = in_the_ledger(home)
    assert len(ledger) >= len(CONTRACTS)
    assert sum(bad for _, _, bad in ledger.values()) > 0
    assert unbalanced(ledger) == []
    assert in_the_files(home) == ledger
    with duckdb.connect(str(home.release / "current.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            f"select source, delivery_id, file, accepted, {', '.join(COUNTED)} from quality.deliveries"
        ).fetchall()
    published = {tuple(row[:3]): tuple(row[4:]) for row in rows if row[3]}
    assert published == ledger
    refused = [name_of(entry) for entry in lake.ledger(home) if not entry["accepted"]]
    assert sorted((tuple(row[:3]), *row[4:]) for row in rows if not row[3]) == [
        (name, None, None, None) for name in sorted(refused)
    ]


def deliver_with_bad_rows(home: Settings, extract: str, n_bad: int) -> None:
    """Ten rows, of which some lack a required value."""
    contract = CONTRACTS[extract]
    rows = good_rows(contract, 10)
    required = next(name for name, column in contract.columns.items() if column.required)
    for row in rows[:n_bad]:
        row[required] = ""
    deliver(home, extract, rows, delivery_id=f"{extract}-{n_bad}")


def test_the_counts_of_small_deliveries_of_every_extract_are_those_of_their_files(home: Settings) -> None:
    flat = [extract for extract, contract in CONTRACTS.items() if contract.reader.format == "csv"]
    for extract in flat:
        deliver_with_bad_rows(home, extract, 3)
    deliver_with_bad_rows(home, "kela_payment", 0)
    deliver_with_bad_rows(home, "kela_payment", 10)
    deliver(home, "avain_goal_review", [], delivery_id="empty")
    assert len(take_in(home, lifted(CONTRACTS))) == len(flat) + 3
    ledger = in_the_ledger(home)
    assert set(ledger.values()) == {(10, 10, 0), (10, 7, 3), (10, 0, 10), (0, 0, 0)}
    assert unbalanced(ledger) == []
    assert in_the_files(home) == ledger


def test_a_field_with_a_line_break_is_one_row(home: Settings) -> None:
    rows = [row | {"note": 'Soitettu\n"kahdesti"; ei vastausta'} for row in good_rows(CONTRACTS["etotu_event"], 4)]
    deliver(home, "etotu_event", rows)
    assert take_in(home)
    assert in_the_files(home) == in_the_ledger(home) == {("etotu", "2018-04-08T0200", "event.csv"): (4, 4, 0)}


def test_refused_files_have_no_counts_though_one_of_them_was_good(home: Settings) -> None:
    deliver_with_bad_rows(home, "kela_payment", 10)
    deliver_with_bad_rows(home, "etotu_event", 3)
    edit_manifest(deliver(home, "kela_person", good_rows(CONTRACTS["kela_person"], 2)), files={"rows": 3})
    assert take_in(home) == []
    entries = lake.ledger(home)
    assert [entry["extract"] for entry in entries] == ["etotu_event", "kela_person", "kela_payment"]
    for entry in entries:
        assert entry["accepted"] is False
        assert entry["reason"]
        assert [entry[name] for name in COUNTED] == [None, None, None]


@pytest.mark.parametrize("zone", ["lake", "quarantine", "landing"])
def test_a_file_that_lost_rows_would_be_seen(home: Settings, zone: str) -> None:
    deliver_with_bad_rows(home, "kela_payment", 3)
    assert take_in(home, lifted(CONTRACTS))
    if zone == "landing":
        (path,) = home.landing.rglob("payment.csv")
        path.write_bytes(path.read_bytes().rsplit(b"\n", 2)[0] + b"\n")
    else:
        folder = home.lake / "kela" if zone == "lake" else home.quarantine
        (path,) = folder.rglob("*.parquet")
        pq.write_table(pq.read_table(path).slice(1), path)
    assert in_the_files(home) != in_the_ledger(home)
    assert unbalanced(in_the_files(home))

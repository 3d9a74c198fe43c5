"""The demo's deliveries keep their contracts: header, form, period, count and checksum."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from avainvarasto.contract_readers import CsvReader as Reader
from avainvarasto.contracts import Column, parts_of
from avainvarasto.synthetic import PLANTED
from avainvarasto.synthetic.demo import NOT_MADE_UP
from avainvarasto.synthetic.places import OTHER_TOWNS, PILOTS
from avainvarasto.synthetic.sending import ALL_RULES, MUNICIPALITY_LIST, PRINTED_TABLES, STEWARDS_LISTS
from avainvarasto.synthetic.sources.deliver import MUNICIPALITY_SEED, PRINTED_SURVEY
from tests.synthetic_demo import CONTRACTS, a_landing, notes, read, written

pytestmark = pytest.mark.contract

PARTIAL_FORMS = {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d"}
FACTS = {PRINTED_TABLES, ALL_RULES, MUNICIPALITY_LIST, STEWARDS_LISTS}  # what is printed, and the law
NOTE_KEYS = {"nature", "source", "delivery_id", "supplier", "created_at", "replaces", "files"}


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_landing(tmp_path_factory.mktemp("demo"))


def format_of(extract: str) -> str:
    return CONTRACTS[extract].reader.format


def as_day(text: str, column: Column, reader: Reader) -> date:
    form = {"date": reader.date, "month": reader.month, "timestamp": reader.timestamp}[column.type]
    return datetime.strptime(text, form).date()


def has_form(text: str, column: Column, reader: Reader) -> bool:
    """Whether a value is written as the reader will read it."""
    try:
        if column.type in ("date", "month", "timestamp"):
            as_day(text, column, reader)
        elif column.type == "partial_date":
            datetime.strptime(text, PARTIAL_FORMS[len(text)])
        elif column.type == "integer":
            int(text)
        elif column.type == "eur" and reader.typed:
            return re.fullmatch(r"-?[0-9]+(\.[0-9]{1,2})?", text) is not None
        elif column.type == "eur":
            whole, cents = text.split(reader.decimal)
            return whole.removeprefix("-").isdigit() and len(cents) == 2 and cents.isdigit()
    except (ValueError, KeyError):
        return False
    return column.type != "boolean" or text in reader.boolean


def written_rows(landing: Path, extract: str) -> Iterator[tuple[Reader, dict[str, str]]]:
    """All rows of an extract, each with how its supplier writes."""
    for folder, note in notes(landing):
        for file in note["files"]:
            if file["extract"] == (CONTRACTS[extract].part_of or extract):
                reader = written(CONTRACTS[extract], folder).reader
                yield from ((reader, row) for row in read(folder / file["path"], CONTRACTS[extract]))


def test_every_extract_that_has_a_contract_is_delivered_or_left_out_for_a_reason(landing: Path) -> None:
    delivered = {file["extract"] for _, note in notes(landing) for file in note["files"]}
    parts = {extract for extract, contract in CONTRACTS.items() if contract.part_of}
    assert delivered == CONTRACTS.keys() - NOT_MADE_UP.keys() - parts
    assert CONTRACTS.keys() >= NOT_MADE_UP.keys()
    assert all(len(reason) > 10 for reason in NOT_MADE_UP.values())


def test_every_header_is_that_of_the_contract(landing: Path) -> None:
    for folder, note in notes(landing):
        for file in note["files"]:
            contract = CONTRACTS[file["extract"]]
            reader = written(contract, folder).reader
            if reader.format in ("csv", "datapackage"):
                first_line = (folder / file["path"]).read_bytes().split(b"\n")[0].decode(reader.encoding)
                header = [reader.rename.get(name, name) for name in first_line.split(reader.delimiter)]
                assert header == list(contract.columns)
            elif not parts_of(CONTRACTS, contract.extract):
                assert set(read(folder / file["path"], contract)[0]) == set(contract.columns)


def test_checksums_and_row_counts_of_the_notes_are_true(landing: Path) -> None:
    for folder, note in notes(landing):
        described = {"datapackage.json" for file in note["files"] if format_of(file["extract"]) == "datapackage"}
        named = {"delivery.yml", *(file["path"] for file in note["files"])}
        assert {path.name for path in folder.iterdir()} == named | described
        for file in note["files"]:
            content = (folder / file["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            assert len(read(folder / file["path"], CONTRACTS[file["extract"]])) == file["rows"]


def test_notes_say_where_they_are_and_what_they_are(landing: Path) -> None:
    for folder, note in notes(landing):
        assert note.keys() - {"period"} == NOTE_KEYS
        assert (note["source"], note["delivery_id"]) == (folder.parent.name, folder.name)
        assert {CONTRACTS[file["extract"]].source for file in note["files"]} == {note["source"]}
        assert note["nature"] == ("public" if note["delivery_id"] in FACTS else "synthetic")
        assert note["created_at"].tzinfo is not None


def test_a_delivery_has_a_period_of_whole_months_unless_its_tables_are_whole(landing: Path) -> None:
    for _, note in notes(landing):
        whole = {CONTRACTS[file["extract"]].whole_table for file in note["files"]}
        assert whole == {"period" not in note}
        if "period" in note:
            after = date.fromordinal(note["period"]["to"].toordinal() + 1)
            assert note["period"]["from"].day == after.day == 1


def test_every_row_lies_in_the_period_of_its_delivery(landing: Path) -> None:
    for folder, note in notes(landing):
        for file in note["files"]:
            contract = CONTRACTS[file["extract"]]
            if contract.period_column:
                column = contract.columns[contract.period_column]
                for row in read(folder / file["path"], contract):
                    day = as_day(row[contract.period_column], column, written(contract, folder).reader)
                    assert note["period"]["from"] <= day <= note["period"]["to"]


def test_the_correction_names_a_delivery_that_is_there(landing: Path) -> None:
    replaces = [(folder, note["replaces"]) for folder, note in notes(landing) if note["replaces"]]
    assert len(replaces) == 1
    assert (replaces[0][0].parent / replaces[0][1] / "delivery.yml").exists()


@pytest.mark.parametrize("extract", sorted(CONTRACTS))
def test_every_value_has_the_form_and_domain_of_its_column_but_for_the_planted_ones(
    landing: Path, extract: str
) -> None:
    wrong: dict[str, int] = {}
    for reader, row in written_rows(landing, extract):
        for name, column in CONTRACTS[extract].columns.items():
            text = row[name]
            if text == "":
                bad = column.required
            else:
                low, high = column.domain.min, column.domain.max
                number = float(text.replace(",", ".")) if low is not None or high is not None else 0.0
                bad = (
                    not has_form(text, column, reader)
                    or (column.domain.values is not None and text not in column.domain.values)
                    or (column.domain.pattern is not None and not re.fullmatch(column.domain.pattern, text))
                    or (low is not None and number < low)
                    or (high is not None and number > high)
                )
            if bad:
                wrong[name] = wrong.get(name, 0) + 1
    by_domain = {"role", "type"}
    assert wrong == {
        planted.column: planted.count
        for planted in PLANTED
        if planted.extract == extract and planted.column in by_domain
    }


@pytest.mark.parametrize("extract", sorted(CONTRACTS))
def test_keys_are_unique_within_each_delivered_file(landing: Path, extract: str) -> None:
    contract = CONTRACTS[extract]
    for folder, note in notes(landing):
        for file in note["files"]:
            if file["extract"] == (contract.part_of or extract):
                keys = [tuple(row[name] for name in contract.key) for row in read(folder / file["path"], contract)]
                assert len(keys) == len(set(keys))


def test_the_demo_lives_in_municipalities_of_the_projects_own_list() -> None:
    with MUNICIPALITY_SEED.open(encoding="utf-8", newline="") as file:
        listed = {row["municipality_code"]: row for row in csv.DictReader(file)}
    assert {*PILOTS, *OTHER_TOWNS} <= listed.keys()
    assert not any(listed[code]["valid_to"] for code in (*PILOTS, *OTHER_TOWNS))


def test_the_printed_tables_have_the_header_of_their_contracts() -> None:
    for table in ("response", "background"):
        contract = CONTRACTS[f"prosos_printed_{table}"]
        assert list(read(PRINTED_SURVEY / f"{table}.csv", contract)[0]) == list(contract.columns)


def test_notifications_and_events_need_windows_1252(landing: Path) -> None:
    for name in ("notification.csv", "event.csv"):
        content = b"".join(path.read_bytes() for path in landing.glob(f"etotu/*/{name}"))
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")
        assert any(ord(letter) > 255 for letter in content.decode("windows-1252"))

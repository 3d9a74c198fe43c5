"""Suppliers slip: a code in the wrong column, a broken line, another layout. What is left of that names nobody."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avainvarasto import intake, lake
from avainvarasto.contract_readers import CsvReader
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import Settings
from avainvarasto.synthetic.demo import deliver as deliver_demo
from tests.deliveries import CONTRACTS, a_home, a_notification, data_of, deliver, rewrite
from tests.landed import lenient
from tests.privacy.leak_needles import Hit, Needles
from tests.privacy.leak_scan import scan_tree
from tests.privacy.planted_leaks import CANARY, WHO

pytestmark = [pytest.mark.privacy, pytest.mark.bite]

# Slips in documents stand with the tests of documents.
FLAT = [name for name, contract in CONTRACTS.items() if isinstance(contract.reader, CsvReader)]
# Words that were printed in a public report; they come from us and speak of no client.
FREE_PUBLIC_TEXT = {("prosos_printed_background", "value")}
# Names of codes, areas and days in public lists: nothing tells them from the name of a person.
NAMES_OF_THINGS = {
    *(("ref_municipality", f"name_{lang}") for lang in ("fi", "sv")),
    *((extract, "name_fi") for extract in ("ref_code", "ref_codeset", "ref_holiday", "sotkanet_region")),
}


@pytest.fixture(scope="module")
def good_rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, str], Any]]:
    """The first row of each extract as the demo's suppliers send it, with the period of its delivery."""
    rows: dict[str, tuple[dict[str, str], Any]] = {}
    home = Settings(home=tmp_path_factory.mktemp("demo"))
    for folder in deliver_demo(home.landing):
        delivery = intake.open_delivery(_arrival(home, folder), CONTRACTS)
        period = delivery.manifest.period
        for file in delivery.manifest.files:
            reader = CONTRACTS[file.extract].as_written_by(delivery.manifest.supplier).reader
            if not isinstance(reader, CsvReader):
                continue
            text = delivery.file_path(file).read_text(encoding=reader.encoding)
            row = next(csv.DictReader(io.StringIO(text), delimiter=reader.delimiter))
            row = {reader.rename.get(header, header): value for header, value in row.items()}
            rows.setdefault(file.extract, (row, (period.start, period.end) if period else None))
    return rows


def _arrival(home: Settings, folder: Path) -> intake.Arrival:
    arrivals, _unfinished = intake.find_arrivals(home.landing)
    return next(arrival for arrival in arrivals if arrival.folder == folder)


def land(home: Settings, extract: str) -> None:
    """Through the door with the quarantine limit lifted, so that one bad row is not the end of it."""
    contracts = CONTRACTS | {extract: lenient(CONTRACTS[extract])}
    assert intake.open_arrivals(home, contracts).refused == []
    assert intake.land_extract(home, contracts, extract)


def slips(extract: str, row: dict[str, str]) -> Iterator[dict[str, str]]:
    for column in CONTRACTS[extract].columns:
        if (extract, column) not in FREE_PUBLIC_TEXT:
            names = [] if (extract, column) in NAMES_OF_THINGS else [CANARY.name]
            for value in (CANARY.identity_code, *names, CANARY.phone.replace(" ", "")):
                yield row | {column: value}


@pytest.mark.parametrize("extract", sorted(FLAT))
def test_an_identifier_in_a_wrong_column_does_not_pass_the_door(
    extract: str, good_rows: dict[str, tuple[dict[str, str], Any]], needles: Needles, tmp_path: Path
) -> None:
    home = a_home(tmp_path)
    row, period = good_rows[extract]
    # A delivery each: two rows with the same key would both be quarantined for that.
    for number, slip in enumerate([row, *slips(extract, row)]):
        deliver(home, extract, [slip], delivery_id=f"2018-04-08T{number:04d}", period=period)
    land(home, extract)
    assert list((home.lake / "_pending").rglob("*.parquet"))
    assert list(home.quarantine.rglob("*.parquet"))
    scan = scan_tree(home.home, needles)
    assert scan.leaks == []
    assert scan.unreadable == []


def test_a_contract_that_let_a_name_through_would_be_seen(needles: Needles, tmp_path: Path) -> None:
    home = a_home(tmp_path)
    contract = CONTRACTS["etotu_notification"]
    open_name = contract.columns["name"].model_copy(update={"column_class": "plain"})
    contracts = CONTRACTS | {
        "etotu_notification": contract.model_copy(update={"columns": contract.columns | {"name": open_name}})
    }
    deliver(home, "etotu_notification", [a_row(1)])
    assert intake.open_arrivals(home, contracts).refused == []
    assert intake.land_extract(home, contracts, "etotu_notification")
    assert {(finding.place, finding.hit) for finding in scan_tree(home.home, needles).leaks} >= {
        ("name", Hit(WHO, "name", "plain"))
    }


@pytest.mark.parametrize("key", ["no key", "an empty key"])
def test_pseudonyms_made_without_the_key_would_be_seen(
    key: str, needles: Needles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_key(_key: bytes, domain: str, codes: list[str]) -> keys.Pseudonyms:
        texts = [domain.encode() + b"\x00" + code.encode() for code in codes]
        digests = [hashlib.sha256(t).digest() if key == "no key" else hmac.digest(b"", t, "sha256") for t in texts]
        return np.array([int.from_bytes(digest[:8], "big") >> 1 for digest in digests], np.int64)

    home = a_home(tmp_path)
    deliver(home, "etotu_notification", [a_row(1)])
    assert intake.open_arrivals(home, CONTRACTS).refused == []
    monkeypatch.setattr(keys, "keyed_many", without_key)
    assert intake.land_extract(home, CONTRACTS, "etotu_notification")
    assert {(finding.place, finding.hit) for finding in scan_tree(home.home, needles).leaks} == {
        ("person_key", Hit(WHO, "identity code", "pseudonym without a key"))
    }


ENCODING = CONTRACTS["etotu_notification"].reader.encoding


def a_row(number: int) -> dict[str, Any]:
    return a_notification(number, person_id=CANARY.identity_code, name=CANARY.name, phone=CANARY.phone)


def _lines(change: Callable[[list[str]], list[str]]) -> Callable[[bytes], bytes]:
    def spoil(content: bytes) -> bytes:
        return ("\n".join(change(content.decode(ENCODING).splitlines())) + "\n").encode(ENCODING)

    return spoil


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "no header": _lines(lambda lines: lines[1:]),
    "a quote that does not end": _lines(lambda lines: [lines[0], *(line.replace(";", ';"', 1) for line in lines[1:])]),
    "a line cut short": _lines(lambda lines: [*lines, lines[1][: len(lines[1]) // 2]]),
    "a value too many": _lines(lambda lines: [*lines, f"{lines[1]};{CANARY.address}"]),
    "all values one column on": _lines(
        lambda lines: [lines[0], *(f";{line.rpartition(';')[0]}" for line in lines[1:])]
    ),
    "another delimiter": _lines(lambda lines: [line.replace(";", ",") for line in lines]),
    "a column named by a code": _lines(
        lambda lines: [f"{lines[0]};{CANARY.identity_code}", *(f"{line};1" for line in lines[1:])]
    ),
    "a column named by a person": _lines(
        lambda lines: [f"{lines[0]};{CANARY.name}", *(f"{line};1" for line in lines[1:])]
    ),
    "UTF-16": lambda content: content.decode(ENCODING).encode("utf-16"),
    "a letter that the encoding has not": lambda content: content.replace("Ö".encode(ENCODING), b"\x81"),
    "a NUL in a line": lambda content: content.replace(b"TAVALLINEN", b"TAVAL\0LINEN"),
    "codes with a dash": lambda content: content.replace(b"-", "\u2013".encode(ENCODING)),
}


@pytest.mark.parametrize("how", SPOILED)
def test_what_is_written_about_a_spoiled_file_names_nobody(how: str, needles: Needles, tmp_path: Path) -> None:
    home = a_home(tmp_path)
    folder = deliver(home, "etotu_notification", [a_row(number) for number in range(1, 5)])
    content = SPOILED[how](data_of(folder))
    assert content != data_of(folder)
    rewrite(folder, content)
    assert scan_tree(home.landing, needles, exempt=()).leaks
    opened = intake.open_arrivals(home, CONTRACTS)
    assert opened.refused == []
    assert intake.land_extract(home, CONTRACTS, "etotu_notification") == {}
    (entry,) = lake.ledger(home)
    assert entry["reason"]
    assert needles.search(str(entry).encode()) == {}
    scan = scan_tree(home.home, needles)
    assert scan.leaks == []
    assert scan.unreadable == []


@pytest.mark.parametrize(
    "text",
    [
        f"{CANARY.name}: [",
        f"nature: {CANARY.name}\n",
        f"- {CANARY.identity_code}\n",
        f"created_at: {CANARY.identity_code}\nperiod: {CANARY.phone}\n",
    ],
)
def test_what_is_written_about_a_spoiled_delivery_note_names_nobody(
    text: str, needles: Needles, tmp_path: Path
) -> None:
    home = a_home(tmp_path)
    folder = deliver(home, "etotu_notification", [a_row(1)])
    (folder / "delivery.yml").write_text(text, encoding="utf-8")
    (refusal,) = intake.open_arrivals(home, CONTRACTS).refused
    assert needles.search(refusal.encode()) == {}
    assert scan_tree(home.home, needles).leaks == []

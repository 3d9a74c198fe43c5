"""A leak test proves something only if it finds what is there: an identifier planted in each place is found there."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.privacy.leak_needles import ANY_CODE, SOME_CANARY, Hit, Needles, Sought
from tests.privacy.leak_scan import Scan, scan_tree
from tests.privacy.planted_leaks import CANARY, LEAKS, STRANGER, WHO, Leak, database_of_codes, many_codes

pytestmark = [pytest.mark.privacy, pytest.mark.bite]


def found_in(scan: Scan) -> set[tuple[str, str, Hit]]:
    return {(finding.file, finding.place, finding.hit) for finding in scan.leaks if finding.hit}


@pytest.mark.parametrize("leak", LEAKS, ids=[leak.name for leak in LEAKS])
def test_a_planted_identifier_is_found_in_its_place(leak: Leak, needles: Needles, tmp_path: Path) -> None:
    leak.plant(tmp_path)
    scan = scan_tree(tmp_path, needles)
    assert (leak.file, leak.place, Hit(leak.who, leak.kind, leak.form)) in found_in(scan)
    assert scan.unreadable == []
    assert {hit.who for _file, _place, hit in found_in(scan)} <= {WHO, SOME_CANARY, ANY_CODE.who}


def test_a_byte_search_misses_the_codes_in_a_duckdb_file_but_the_scan_finds_them(
    needles: Needles, tmp_path: Path
) -> None:
    codes = [*many_codes(), CANARY.identity_code]
    database_of_codes(tmp_path / "w.duckdb", codes)
    data = (tmp_path / "w.duckdb").read_bytes()
    assert CANARY.identity_code.encode() not in data
    # By chance one of 50,000 stands whole, put together from the table of common syllables.
    visible = {match[1].decode() for match in re.finditer(rb"(?=([0-9]{6}-[0-9]{3}[0-9A-Y]))", data)}
    assert len(visible & set(codes)) < 10
    found = found_in(scan_tree(tmp_path, needles))
    canary = Hit(WHO, "identity code", "plain")
    assert {place for _file, place, hit in found if hit == canary} == {"staging.stg_person.note"}
    assert ("w.duckdb", "staging.stg_person.note", ANY_CODE) in found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_code_of_somebody_unknown_is_found_by_its_form(needles: Needles, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(f"seen: {STRANGER}, twice\n".encode(encoding))
    assert found_in(scan_tree(tmp_path, needles)) == {("a.txt", "bytes", ANY_CODE)}


def test_the_key_is_found_as_bytes_and_as_text(tmp_path: Path) -> None:
    key = bytes(range(100, 132))
    (tmp_path / "a.bin").write_bytes(b"....." + key)
    (tmp_path / "a.json").write_text(f'{{"key": "{key.hex()}"}}', encoding="utf-8")
    found = found_in(scan_tree(tmp_path, Needles([], {"key": key})))
    assert found == {
        ("a.bin", "bytes", Hit("the house", "key", "bytes")),
        ("a.json", "bytes", Hit("the house", "key", "hex")),
    }


def test_what_cannot_be_read_is_a_finding_that_quotes_nothing(needles: Needles, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "landing").mkdir(parents=True)
    (home / "landing" / "a.csv").write_text(CANARY.identity_code, encoding="utf-8")
    (home / "broken.parquet").write_bytes(b"PAR1 and nothing more")
    (home / "broken.db").write_bytes(b"SQLite format 3\0" + bytes(500))
    (home / "broken.zip").write_bytes(b"PK\x03\x04" + bytes(30))
    (home / "broken.gz").write_bytes(b"\x1f\x8b" + bytes(30))
    (home / "broken.duckdb").write_bytes(bytes(8) + b"DUCK" + bytes(5000))
    (home / "escape").symlink_to(home / "landing" / "a.csv")
    (home / "away").symlink_to(tmp_path)
    with duckdb.connect(str(home / "views.duckdb")) as connection:
        connection.execute("create table t as select 1 as a")
        connection.execute("create view v as select a from t")
        connection.execute("drop table t")
    scan = scan_tree(home, needles)
    assert {(finding.file, finding.place) for finding in scan.unreadable} == {
        ("broken.parquet", "parquet"),
        ("broken.db", "sqlite"),
        ("broken.zip", "zip"),
        ("broken.gz", "packed"),
        ("broken.duckdb", "duckdb"),
        ("escape", "link"),
        ("away", "link"),
        ("views.duckdb", "main.v"),
    }
    assert scan.leaks == []


def test_only_the_exempt_zones_are_left_out(needles: Needles, tmp_path: Path) -> None:
    for folder in ("landing", "keys", "lake", "warehouse/landing"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text(CANARY.name, encoding="utf-8")
    scan = scan_tree(tmp_path, needles)
    assert {finding.file for finding in scan.leaks} == {"lake/a.txt", "warehouse/landing/a.txt"}


def test_a_finding_holds_no_value_but_its_file_name(needles: Needles, tmp_path: Path) -> None:
    text = "\n".join(["", CANARY.identity_code, CANARY.name, CANARY.address, CANARY.phone])
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    scan = scan_tree(tmp_path, needles)
    kinds = {finding.hit.kind: finding.line for finding in scan.leaks if finding.hit and finding.hit.form == "plain"}
    assert kinds == {"identity code": 2, "name": 3, "part of the name": 3, "address": 4, "phone": 5}
    assert needles.search(repr(scan.findings).encode()) == {}


@pytest.mark.parametrize(
    "harmless",
    [
        "2018-04-08T02:00:00+03:00 2018-04-08 02:00:00",
        "0500007003123456789",  # digits of a phone within a longer number
        "a1131052-308a-4bcd-8888-123456789012",
        "131052-308U",
        "Kuviteltu polku 4",
    ],
)
def test_what_only_looks_alike_is_no_finding(needles: Needles, harmless: str) -> None:
    assert needles.search(harmless.encode()) == {}


def test_a_value_too_short_to_tell_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Needles([Sought("somebody", (("name", "Ab"),))])

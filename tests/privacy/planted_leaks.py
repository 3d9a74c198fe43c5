"""Leaks made on purpose: one small home for each place in which an identifier could be left."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from avainvarasto.synthetic import canaries
from avainvarasto.synthetic.hetu import identity_code
from tests.privacy.leak_needles import SOME_CANARY

# One with letters beyond ASCII in its name, and a code of the oldest kind.
NUMBER, CANARY = next(
    (number, canary)
    for number, canary in enumerate(canaries(), start=1)
    if "Ö" in canary.name and "-" in canary.identity_code
)
WHO = f"canary {NUMBER} ({CANARY.source})"
STRANGER = identity_code(date(1935, 5, 5), "-", 944)
CODE, NAME, ADDRESS, PHONE = "identity code", "name", "address", "phone"


@dataclass(frozen=True)
class Leak:
    """How it is planted, and where and as what the scan must find it."""

    name: str
    plant: Callable[[Path], None]
    file: str
    place: str
    kind: str
    form: str = "plain"
    who: str = WHO


def many_codes(count: int = 50_000) -> list[str]:
    """Valid codes of people who do not exist, a hundred for each day."""
    first = date(1950, 1, 1)
    return [identity_code(first + timedelta(days=n // 100), "-", 900 + n % 100) for n in range(count)]


def database_of_codes(path: Path, codes: list[str]) -> None:
    """A table of codes, compressed as DuckDB does it by itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema staging")
        connection.register("given", pa.table({"n": pa.array(range(len(codes)), pa.int64()), "note": codes}))
        connection.execute("create table staging.stg_person as from given")


def _compressed_table(home: Path) -> None:
    database_of_codes(home / "w.duckdb", [*many_codes(), CANARY.identity_code])


def _unfinished_build(home: Path) -> None:
    database_of_codes(home / ".building-1.duckdb", [*many_codes(2000), CANARY.identity_code])


def _view(home: Path) -> None:
    """The code stands nowhere as a whole: the view puts it together."""
    with duckdb.connect(str(home / "w.duckdb")) as connection:
        head, tail = CANARY.identity_code[:5], CANARY.identity_code[5:]
        connection.execute("create table parts as select ? as head, ? as tail", [head, tail])
        connection.execute("create view whole as select head || tail as joined from parts")


def _definition(home: Path) -> None:
    with duckdb.connect(str(home / "w.duckdb")) as connection:
        connection.execute("create table t (a integer)")
        connection.execute(f"comment on column t.a is 'asked by {CANARY.name}'")


def _nested(home: Path) -> None:
    with duckdb.connect(str(home / "w.duckdb")) as connection:
        connection.execute("create table t as select [{'who': ?}] as people from range(3000)", [CANARY.name])


def _write_ahead_log(home: Path) -> None:
    """What a process that was killed leaves: the row stands in the log, not yet in the database."""
    open_file = home / "open" / "w.duckdb"
    open_file.parent.mkdir()
    with duckdb.connect(str(open_file)) as connection:
        connection.execute("create table t (note varchar)")
        connection.execute("checkpoint")
        connection.execute("insert into t values (?)", [CANARY.identity_code])
        for suffix in ("", ".wal"):
            shutil.copy(f"{open_file}{suffix}", f"{home / 'w.duckdb'}{suffix}")
    shutil.rmtree(open_file.parent)


def _sqlite(home: Path) -> None:
    with closing(sqlite3.connect(home / "runs.db")) as connection, connection:
        connection.execute("create table event_logs (id integer, event text)")
        event = json.dumps({"message": f"duplicate row of {CANARY.name}"})  # with \u00f6 for ö
        connection.execute("insert into event_logs values (1, ?)", [event])


def _sqlite_packed(home: Path) -> None:
    with closing(sqlite3.connect(home / "anything")) as connection, connection:
        connection.execute("create table snapshots (body blob)")
        connection.execute("insert into snapshots values (?)", [zlib.compress(CANARY.phone.encode() * 40)])


def _parquet(home: Path) -> None:
    notes = [f"row {n}" for n in range(5000)] + [f"puh. {CANARY.phone}"]
    pq.write_table(pa.table({"id": range(5001), "note": notes}), home / "t.parquet", compression="zstd")


def _parquet_dictionary(home: Path) -> None:
    """Without statistics, which would hold the value uncompressed."""
    table = pa.table({"note": pa.array([CANARY.address] * 5000).dictionary_encode()})
    pq.write_table(table, home / "part-0", compression="zstd", write_statistics=False)


def _parquet_metadata(home: Path) -> None:
    table = pa.table({"id": [1]}).replace_schema_metadata({"made_by": CANARY.name})
    pq.write_table(table, home / "t.parquet")


def _xlsx(home: Path) -> None:
    with xlsxwriter.Workbook(home / "t.xlsx") as book:
        book.add_worksheet("a").write(3, 2, CANARY.name)


def _zip_of_parquet(home: Path) -> None:
    inner = io.BytesIO()
    pq.write_table(pa.table({"note": [CANARY.identity_code] * 3}), inner, compression="zstd")
    with zipfile.ZipFile(home / "export", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/t.parquet", inner.getvalue())


def _text(name: str, text: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    def plant(home: Path) -> None:
        (home / name).write_bytes(f"first line\n{text}\n".encode(encoding))

    return plant


def _gzip(home: Path) -> None:
    (home / "t.csv.gz").write_bytes(gzip.compress(f"id;note\n1;{CANARY.name}\n".encode("cp1252")))


def _folder_name(home: Path) -> None:
    (home / f"case-{CANARY.identity_code}").mkdir()
    (home / f"case-{CANARY.identity_code}" / "a.txt").write_text("nothing\n", encoding="utf-8")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_CODE = CANARY.identity_code
_DIGEST = hashlib.sha256(_CODE.encode()).hexdigest()
_UNKEYED = int.from_bytes(hashlib.sha256(_CODE.encode()).digest()[:8], "big") >> 1

LEAKS = [
    Leak("DuckDB column", _compressed_table, "w.duckdb", "staging.stg_person.note", CODE),
    Leak("hidden DuckDB file", _unfinished_build, ".building-1.duckdb", "staging.stg_person.note", CODE),
    Leak("DuckDB view", _view, "w.duckdb", "main.whole.joined", CODE),
    Leak("DuckDB comment", _definition, "w.duckdb", "definitions of columns", NAME),
    Leak("DuckDB nested value", _nested, "w.duckdb", "main.t.people", NAME),
    Leak("DuckDB log", _write_ahead_log, "w.duckdb", "main.t.note", CODE),
    Leak("SQLite", _sqlite, "runs.db", "event_logs.event", NAME),
    Leak("SQLite packed value", _sqlite_packed, "anything", "snapshots.body", PHONE),
    Leak("Parquet value", _parquet, "t.parquet", "note", PHONE),
    Leak("Parquet dictionary", _parquet_dictionary, "part-0", "note", ADDRESS),
    Leak("Parquet metadata", _parquet_metadata, "t.parquet", "metadata", NAME),
    Leak("XLSX cell", _xlsx, "t.xlsx", "xl/sharedStrings.xml", NAME),
    Leak("Parquet in a zip", _zip_of_parquet, "export", "a/t.parquet > note", CODE),
    Leak("CSV in gzip", _gzip, "t.csv.gz", "unpacked", NAME),
    Leak("JSON", _text("a.json", json.dumps({"a": [CANARY.address]})), "a.json", "bytes", ADDRESS),
    Leak("JSON in JSON", _text("a.json", json.dumps(json.dumps([CANARY.name]))), "a.json", "bytes", NAME),
    Leak("YAML", _text("a.yml", f"a: {CANARY.phone}"), "a.yml", "bytes", PHONE),
    Leak("log", _text("a.log", f"row of {CANARY.name} failed"), "a.log", "bytes", NAME),
    Leak("log in upper case", _text("a.log", CANARY.name.upper()), "a.log", "bytes", NAME),
    Leak("log in Latin-9", _text("a.log", CANARY.name, "iso8859-15"), "a.log", "bytes", NAME),
    Leak("log in UTF-16", _text("a.log", CANARY.name, "utf-16-le"), "a.log", "bytes", NAME, "UTF-16-LE"),
    Leak("log in UTF-16, other order", _text("a.log", _CODE, "utf-16-be"), "a.log", "bytes", CODE, "UTF-16-BE"),
    Leak("surname", _text("a.log", CANARY.name.split()[1]), "a.log", "bytes", "part of the name", who=SOME_CANARY),
    Leak("phone without spaces", _text("a.log", CANARY.phone.replace(" ", "")), "a.log", "bytes", PHONE),
    Leak("phone from abroad", _text("a.log", "+358 " + CANARY.phone[1:]), "a.log", "bytes", PHONE),
    Leak("code in lower case", _text("a.txt", _CODE.lower()), "a.txt", "bytes", CODE),
    Leak("code with a real minus", _text("a.txt", _CODE.replace("-", "\u2212")), "a.txt", "bytes", CODE),
    Leak(
        "address of a page",
        _text("a.log", f"GET /?q={quote(CANARY.name)}"),
        "a.log",
        "bytes",
        NAME,
    ),
    *[
        Leak(
            f"base64, alignment {n}", _text("a.txt", _base64("x" * n + _CODE + "yz")), "a.txt", "bytes", CODE, "base64"
        )
        for n in range(3)
    ],
    Leak("hex", _text("a.txt", _CODE.encode().hex().upper()), "a.txt", "bytes", CODE, "hex"),
    *[
        Leak(
            f"{h} digest",
            _text("a.txt", hashlib.new(h, _CODE.encode()).hexdigest()),
            "a.txt",
            "bytes",
            CODE,
            f"{h} digest",
        )
        for h in ("md5", "sha1", "sha256")
    ],
    Leak("digest cut short", _text("a.txt", _DIGEST[:16]), "a.txt", "bytes", CODE, "sha256 digest"),
    Leak(
        "pseudonym without a key", _text("a.csv", f"1;{_UNKEYED};2"), "a.csv", "bytes", CODE, "pseudonym without a key"
    ),
    Leak("file name", _folder_name, f"case-{_CODE}/a.txt", "file name", CODE),
]

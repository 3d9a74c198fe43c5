"""Looks for identifiers in every file of a home: its bytes, and what a reader of its format would see.

Bytes alone show little: columns of DuckDB and Parquet are compressed. So each file is also read as what its first
bytes say it is. What cannot be read is a finding too, since nobody knows what it holds.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.privacy.leak_needles import Hit, Needles

IDENTIFIER_ZONES = ("landing", "keys")
MAX_DEPTH = 6
BYTES, FILE_NAME = "bytes", "file name"
SIDE_FILES = (".wal", "-wal", "-journal")
DUCKDB_CATALOG = ("tables", "views", "columns", "types", "constraints", "indexes", "sequences")


@dataclass(frozen=True)
class Finding:
    """A leak (`hit`) or something that could not be looked into (`unreadable`: kind of failure, no message)."""

    file: str
    place: str
    hit: Hit | None = None
    unreadable: str = ""
    line: int = field(default=0, compare=False)


@dataclass
class Scan:
    """What was found, and where it was looked: pairs of file and place."""

    findings: list[Finding]
    looked: set[tuple[str, str]]

    @property
    def leaks(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.hit]

    @property
    def unreadable(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.unreadable]


def scan_tree(root: Path, needles: Needles, exempt: Iterable[str] = IDENTIFIER_ZONES) -> Scan:
    """Scan every file below a folder except the zones that may hold identifiers; changes nothing there."""
    scanner = _Scanner(needles)
    zones = [(root / zone).resolve() for zone in exempt]
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if (here / name).resolve() not in zones)
        for name in sorted([*names, *(name for name in folders if (here / name).is_symlink())]):
            path = here / name
            scanner.begin(str(path.relative_to(root)))
            if path.is_symlink():
                target = path.resolve()
                inside = target.exists() and target.is_relative_to(root.resolve())
                if not inside or any(target.is_relative_to(zone) for zone in zones):
                    scanner.fail("link", "leads out of what is scanned")
            elif path.is_file():
                scanner.content(path.read_bytes(), "", name, path)
    return Scan(list(dict.fromkeys(scanner.findings)), scanner.looked)


class _Scanner:
    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        self._file = ""
        self._readers: dict[str, Callable[[bytes, str, str, Path | None, int], None]] = {
            "duckdb": self._duckdb,
            "sqlite": self._sqlite,
            "parquet": self._parquet,
            "zip": self._zip,
            "packed": self._packed,
        }
        self.findings: list[Finding] = []
        self.looked: set[tuple[str, str]] = set()

    def begin(self, file: str) -> None:
        self._file = file
        self.search(file.encode(), FILE_NAME)

    def fail(self, place: str, why: str) -> None:
        self.findings.append(Finding(self._file, place, unreadable=why))

    def search(self, data: bytes, place: str) -> None:
        self.looked.add((self._file, place))
        for hit, line in self._needles.search(data).items():
            self.findings.append(Finding(self._file, place, hit, line=line))

    def content(self, data: bytes, place: str, name: str, path: Path | None = None, depth: int = 0) -> None:
        """A file, a member of an archive or a stored value: its bytes, then what its format holds."""
        self.search(data, place or BYTES)
        kind = kind_of(data)
        if kind is None:
            return
        if depth == MAX_DEPTH:
            self.fail(place, "nested too deep")
            return
        try:
            self._readers[kind](data, place, name, path, depth)
        except Exception as error:
            # Messages of databases quote values, so only the kind of error is kept.
            self.fail(place or kind, type(error).__name__)

    def _duckdb(self, data: bytes, place: str, name: str, path: Path | None, _depth: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = _copied(data, name, path, Path(folder))
            settings: dict[str, Any] = {"temp_directory": folder, "autoinstall_known_extensions": False, "threads": 2}
            with duckdb.connect(str(copy), config=settings) as connection:
                self._duckdb_catalog(connection, place)
                relations = connection.execute(
                    "select table_schema, table_name, table_type from information_schema.tables"
                    " where table_catalog = current_database() order by all"
                ).fetchall()
                for schema, table, relation_type in relations:
                    where = _joined(place, f"{schema}.{table}")
                    source = f"{_quoted(schema)}.{_quoted(table)}"
                    try:
                        if relation_type == "VIEW":  # once, not once for each column
                            connection.execute(f"create or replace temp table leak_scan_view as from {source}")
                            source = "temp.leak_scan_view"
                        self._duckdb_relation(connection, source, where)
                    except duckdb.Error as error:
                        self.fail(where, type(error).__name__)

    def _duckdb_catalog(self, connection: duckdb.DuckDBPyConnection, place: str) -> None:
        """Definitions and comments may quote values too."""
        for what in DUCKDB_CATALOG:
            rows = connection.execute(
                f"select * from duckdb_{what}() where database_name = current_database()"
            ).fetchall()
            self.search(_text(str(row) for row in rows), _joined(place, f"definitions of {what}"))

    def _duckdb_relation(self, connection: duckdb.DuckDBPyConnection, source: str, place: str) -> None:
        for column, column_type, *_ in connection.execute(f"describe {source}").fetchall():
            value = _quoted(column) if column_type == "BLOB" else f"cast({_quoted(column)} as varchar)"
            rows = connection.execute(f"select distinct {value} from {source} where {_quoted(column)} is not null")
            self._values((row[0] for row in rows.fetchall()), f"{place}.{column}")

    def _values(self, values: Iterable[Any], place: str) -> None:
        """Values of a column together; what is packed in one of them, by itself."""
        stored = list(values)
        blobs = [value for value in stored if isinstance(value, bytes)]
        self.search(_text(value for value in stored if not isinstance(value, bytes)), place)
        self.search(b"\n".join(blobs), place)
        for blob in blobs:
            if kind_of(blob):
                self.content(blob, place, "value", depth=1)
            elif blob[:1] == b"\x78":  # zlib has no other mark
                try:
                    self.search(zlib.decompress(blob), place)
                except zlib.error:
                    continue

    def _sqlite(self, data: bytes, place: str, name: str, path: Path | None, _depth: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = _copied(data, name, path, Path(folder))
            with closing(sqlite3.connect(copy)) as connection:
                # Text as bytes: nothing then depends on a right encoding.
                connection.text_factory = bytes
                master = connection.execute("select type, name, sql from sqlite_master order by name").fetchall()
                self.search(b"\n".join(row[2] or b"" for row in master), _joined(place, "definitions"))
                for kind, relation, _sql in master:
                    if kind not in (b"table", b"view"):
                        continue
                    where = _joined(place, relation.decode())
                    try:
                        rows = connection.execute(f"select * from {_quoted(relation.decode())}")
                        columns = [column[0] for column in rows.description]
                        for column, values in zip(columns, zip(*rows.fetchall(), strict=True), strict=False):
                            self._values((value for value in values if value is not None), f"{where}.{column}")
                    except sqlite3.Error as error:
                        self.fail(where, type(error).__name__)

    def _parquet(self, data: bytes, place: str, _name: str, _path: Path | None, _depth: int) -> None:
        file = pq.ParquetFile(pa.BufferReader(data))
        metadata = dict(file.metadata.metadata or {})
        for column in file.schema_arrow:
            metadata |= column.metadata or {}
        self._values([*metadata, *metadata.values()], _joined(place, "metadata"))
        table = file.read()
        for column, values in zip(table.column_names, table.columns, strict=True):
            if isinstance(values.type, pa.BaseExtensionType):  # DuckDB writes JSON as such a type
                values = values.cast(values.type.storage_type)  # noqa: PLW2901
            distinct = values if pa.types.is_nested(values.type) else values.unique()
            self._values((value for value in distinct.to_pylist() if value is not None), _joined(place, column))

    def _zip(self, data: bytes, place: str, _name: str, _path: Path | None, depth: int) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.search(archive.comment, _joined(place, "comment"))
            for member in archive.infolist():
                where = _joined(place, member.filename)
                self.search(member.filename.encode(), where)
                self.content(archive.read(member), where, Path(member.filename).name or "member", depth=depth + 1)

    def _packed(self, data: bytes, place: str, name: str, _path: Path | None, depth: int) -> None:
        self.content(_unpack(data), _joined(place, "unpacked"), name, depth=depth + 1)


def kind_of(data: bytes) -> str | None:
    """What a file is by its first bytes; its name proves nothing."""
    if data[8:12] == b"DUCK":
        return "duckdb"
    if data.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if data.startswith(b"PAR1") and len(data) > 8:
        return "parquet"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")):
        return "packed"
    return None


def _unpack(data: bytes) -> bytes:
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data)
    if data.startswith(b"BZh"):
        return bz2.decompress(data)
    if data.startswith(b"\xfd"):
        return lzma.decompress(data)
    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        unpacked: bytes = stream.read()
    return unpacked


def _copied(data: bytes, name: str, path: Path | None, folder: Path) -> Path:
    """A copy with its write-ahead log: opening the original would change it or meet a lock."""
    copy = folder / name
    copy.write_bytes(data)
    for suffix in SIDE_FILES:
        if path and (beside := path.with_name(path.name + suffix)).is_file():
            (folder / beside.name).write_bytes(beside.read_bytes())
    return copy


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(values: Iterable[Any]) -> bytes:
    return "\n".join(str(value) for value in values).encode("utf-8", "surrogateescape")


def _joined(place: str, inner: str) -> str:
    return f"{place} > {inner}" if place else inner

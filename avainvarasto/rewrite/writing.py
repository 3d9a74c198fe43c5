"""New versions of held files: other pseudonyms by a mapping, fewer rows by a list; and the ledger that says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from avainvarasto import lake
from avainvarasto.errors import GateFailed
from avainvarasto.files import sha256_of
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.rewrite.journal import Rewrite
from avainvarasto.rewrite.zones import PERSON, HeldFile
from avainvarasto.settings import Settings

_DOOMED = "doomed"
MAPPING_SCHEMA = pa.schema([("old", pa.int64()), ("new", pa.int64()), ("birth_year", pa.int64()), ("sex", pa.string())])


def new_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The list of rows that go, empty: file and src_row."""
    connection.execute(f"create table {_DOOMED} (filename varchar, src_row bigint)")


def add_mapping(connection: duckdb.DuckDBPyConnection, domain: str, mapping: pa.Table) -> None:
    """New pseudonyms of a domain (`MAPPING_SCHEMA`); birth year and sex where the person's code is another one."""
    connection.register("given", mapping)
    connection.execute(f"create or replace table {_mapping(domain)} as from given")
    connection.unregister("given")


@dataclass
class Writer:
    """Stages the new versions of files, and then the ledger's.

    `domains` are those that have a mapping; a `key_id` makes every file be written under that key ring.
    """

    settings: Settings
    rewrite: Rewrite
    connection: duckdb.DuckDBPyConnection
    domains: frozenset[str]
    key_id: str | None = None
    gone: Counter[tuple[str, str]] = field(default_factory=Counter)
    _entries: dict[Path, tuple[str, int]] = field(default_factory=dict)

    def write(self, file: HeldFile) -> bool:
        """Stage the new version of a file; one that stays as it is, is left alone (False)."""
        before = self._count(f"select count(*) from {_source(file)}")
        doomed = self._count(
            f"select count(*) from {_source(file)} where src_row in "
            f"(select src_row from {_DOOMED} where filename = {literal(str(file.rows_of))})"
        )
        if not (doomed or self.key_id or self._meets_a_mapping(file)):
            return False
        staged = self.rewrite.stage(file.path)
        options = "format parquet, compression zstd"
        if file.zone == "lake":
            metadata = {"contract_version": str(file.contract.version)} | self._metadata(file.path)
            pairs = ", ".join(f"{name}: {literal(value)}" for name, value in metadata.items())
            options += f", kv_metadata {{{pairs}}}"
        self.connection.execute(f"copy ({self._select(file)}) to {literal(str(staged))} ({options})")
        after = self._count(f"select count(*) from read_parquet({literal(str(staged))})")
        if after != before - doomed:
            raise GateFailed(
                str(file.path),
                f"{before} rows less {doomed} are not the {after} of its new version",
                consequence="Nothing was rewritten.",
                remedy="report it: this is a fault of the program",
            )
        self.gone[file.contract.extract, file.zone] += doomed
        if file.zone == "lake":
            self._entries[file.path] = (sha256_of(staged), doomed)
        return True

    def write_ledger(self) -> None:
        """Stage the entries of the files written, so that the lake's state is another one."""
        for path in lake.ledger_files(self.settings):
            entries = lake.read_entries(path)
            changed = False
            for entry in entries:
                where = (entry["source"], entry["extract"], entry["delivery_id"], entry["file"])
                written = self._entries.get(lake.lake_file(self.settings, *where))
                if entry["accepted"] and written:
                    entry["lake_sha256"], doomed = written
                    entry["n_forgotten"] = (entry["n_forgotten"] or 0) + doomed
                    entry["key_id"] = self.key_id or entry["key_id"]
                    changed = True
            if changed:
                lake.write_entries(self.rewrite.stage(path), entries)

    def _meets_a_mapping(self, file: HeldFile) -> bool:
        return any(
            self._count(f"select count(*) from {_source(file)} where {quoted(name)} in (select old from {_mapping(d)})")
            for name, d in file.pseudonyms.items()
            if d in self.domains
        )

    def _select(self, file: HeldFile) -> str:
        values, joins = [], []
        for name in file.columns:
            domain = file.pseudonyms.get(name)
            if domain not in self.domains:
                values.append(f"f.{quoted(name)}")
                continue
            other = quoted(f"new {name}")
            joins.append(f"left join {_mapping(str(domain))} as {other} on {other}.old = f.{quoted(name)}")
            values.append(f"coalesce({other}.new, f.{quoted(name)}) as {quoted(name)}")
        if file.zone == "lake" and PERSON in self.domains and file.pseudonyms.get("person_key") == PERSON:
            values = [_of_the_code(value) for value in values]
        return f"""
            select {", ".join(values)} from {_in_order(file)} as f {" ".join(joins)}
            where f.src_row not in (select src_row from {_DOOMED} where filename = {literal(str(file.rows_of))})
            order by f.file_row_number"""

    def _metadata(self, path: Path) -> dict[str, str]:
        rows = self.connection.execute(
            f"select decode(key), decode(value) from parquet_kv_metadata({literal(str(path))})"
        ).fetchall()
        kept = {name: value for name, value in rows if name in ("contract_version", "key_id")}
        return kept | ({"key_id": self.key_id} if self.key_id else {})

    def _count(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0


def doom(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    """Put the rows of a query (filename, src_row) on the list; how many were new there."""
    row = connection.execute(f"insert into {_DOOMED} select distinct * from ({rows}) except from {_DOOMED}").fetchone()
    return int(row[0]) if row else 0


def _of_the_code(value: str) -> str:
    """What the door reads from a code goes with the code."""
    for column, derived in (("code_birth_year", "birth_year"), ("code_sex", "sex")):
        if value == f'f."{column}"':
            changed = '"new person_key"'
            return f'case when {changed}.sex is null then {value} else {changed}.{derived} end as "{column}"'
    return value


def _mapping(domain: str) -> str:
    return quoted(f"mapping of {domain}")


def _source(file: HeldFile) -> str:
    return f"read_parquet({literal(str(file.path))})"


def _in_order(file: HeldFile) -> str:
    """The file with the place of each row: a record has several rows in a part, all with its src_row."""
    return f"read_parquet({literal(str(file.path))}, file_row_number = true)"

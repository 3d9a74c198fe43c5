"""Builders shared by the tests of the made-up country: small deliveries, read back as text and as typed tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from avainvarasto.contracts import Contract, load_contracts, parts_of
from avainvarasto.landing import readers
from avainvarasto.landing.readers.arriving import Arriving
from avainvarasto.landing.sql import literal
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.country.country import Country, make_country
from avainvarasto.synthetic.sources.deliver import MUNICIPALITY_SEED, deliver

CONTRACTS = load_contracts(PROJECT_ROOT / "expectations")
# Small, and with all that tests look for: the first look of October 2017, June 2018 sent twice, AVAIN, late months.
SCALE, FIRST, LAST, EVERY = 0.003, "2017-07", "2018-12", 6


def a_country(*, scale: float = SCALE, first: str = FIRST, last: str = LAST, seed: int = 7, **changes: Any) -> Country:
    """A made-up country in the municipalities of the project's own list."""
    return make_country(MUNICIPALITY_SEED, scale=scale, first=first, last=last, seed=seed, **changes)


def a_landing(folder: Path, *, every: int = EVERY, **of_country: Any) -> Path:
    """A landing folder with the deliveries of a country; `truth.yml` lies beside it."""
    landing = folder / "landing"
    list(deliver(landing, a_country(**of_country), CONTRACTS, every=every))
    return landing


def notes(landing: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each delivery's folder and what its delivery.yml says."""
    for note in sorted(landing.glob("*/*/delivery.yml")):
        yield note.parent, yaml.safe_load(note.read_text(encoding="utf-8"))


@cache
def supplier_of(folder: Path) -> str:
    """Who sent a delivery; nobody where the folder is none."""
    note = folder / "delivery.yml"
    return str(yaml.safe_load(note.read_text(encoding="utf-8"))["supplier"]) if note.exists() else ""


def written(contract: Contract, folder: Path) -> Contract:
    """The contract with the reader of the supplier who sent the folder."""
    return contract.as_written_by(supplier_of(folder))


def _load(connection: duckdb.DuckDBPyConnection, path: Path, whole: Contract) -> None:
    """Make `<extract>.delivered` of a file, as text, and of each of its parts."""
    parts = parts_of(CONTRACTS, whole.extract)
    with tempfile.TemporaryDirectory() as work:
        for table in (whole, *parts):
            connection.execute(f"drop schema if exists {table.extract} cascade")
            connection.execute(f"create schema {table.extract}")
        connection.execute(f"set search_path = '{whole.extract},main'")
        readers.load(Arriving(connection, path, whole, path.name, Path(work), parts))
        # A view reads the file when it is asked.
        for table in (whole, *parts):
            columns = ", ".join(f'"{name}"' for name in table.columns)
            connection.execute(f"create table {table.extract}.text as select {columns} from {table.extract}.delivered")


@cache
def _parsed(path: Path, extract: str, supplier: str) -> list[dict[str, str]]:
    contract = CONTRACTS[extract]
    with duckdb.connect() as connection:
        _load(connection, path, CONTRACTS[contract.part_of or extract].as_written_by(supplier))
        rows = connection.execute(f"from {extract}.text").to_arrow_table().to_pylist()
    return [{name: text or "" for name, text in row.items()} for row in rows]


def read(path: Path, contract: Contract) -> list[dict[str, str]]:
    """The rows of a delivered file as text by the contract's columns; parsed once, so do not change them."""
    return _parsed(path, contract.extract, supplier_of(path.parent))


def rows_of(landing: Path, extract: str, *, delivery_id: str = "*") -> list[dict[str, str]]:
    """All delivered rows of an extract, or those of one delivery."""
    contract = CONTRACTS[extract]
    paths = [
        folder / file["path"]
        for folder, note in notes(landing)
        for file in note["files"]
        if file["extract"] == (contract.part_of or extract) and delivery_id in ("*", folder.name)
    ]
    return [row for path in paths for row in read(path, contract)]


class Tables:
    """A typed table an extract with all that was delivered, codes and names included, and the delivery of each row.

    Months that were delivered again stand as in the newest delivery; as in the first one they are in `first.<extract>`.
    """

    def __init__(self, landing: Path, sources: str = "*") -> None:
        self._connection = _tables(landing, sources)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self._connection.execute(query).fetchall()

    def row(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        (found,) = self.rows(query)
        return found


def _tables(landing: Path, sources: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema first")
    for folder, note in notes(landing):
        for file in note["files"] if sources in ("*", note["source"]) else []:
            whole = written(CONTRACTS[file["extract"]], folder)
            _load(connection, folder / file["path"], whole)
            connection.execute("set search_path = 'main'")
            for contract in (whole, *parts_of(CONTRACTS, whole.extract)):
                _add(connection, contract, note)
    return connection


def _add(connection: duckdb.DuckDBPyConnection, contract: Contract, note: dict[str, Any]) -> None:
    extract, delivery_id = contract.extract, note["delivery_id"]
    columns = ", ".join(f'{_typed(contract, name)} as "{name}"' for name in contract.columns)
    connection.execute(f"create temp table new as select {columns}, '{delivery_id}' as delivery_id from {extract}.text")
    connection.execute(f"create table if not exists {extract} as from new limit 0")
    if note["replaces"]:
        replaced = f"delivery_id = '{note['replaces']}' and month in (select distinct month from new)"
        connection.execute(f"create table first.{extract} as from {extract} where {replaced}")
        connection.execute(f"delete from {extract} where {replaced}")
    connection.execute(f"insert into {extract} by name from new")
    connection.execute("drop table new")


def _typed(contract: Contract, name: str) -> str:
    reader, column = contract.reader, f'"{name}"'
    match contract.columns[name].type:
        case "integer":
            return f"cast({column} as bigint)"
        case "eur" | "pct" | "decimal":
            return f"cast(replace({column}, ',', '.') as decimal(18, 2))"
        case "date" | "month" as kind:
            return f"cast(strptime({column}, {literal(getattr(reader, kind))}) as date)"
        case "timestamp":
            return f"strptime({column}, {literal(reader.timestamp)})"
        case "boolean":
            return f"{column} = {literal(reader.boolean[0])}"
        case _:
            return column


def bytes_of(landing: Path) -> dict[str, bytes]:
    """Every file below a folder by its relative path."""
    return {str(path.relative_to(landing)): path.read_bytes() for path in sorted(landing.rglob("*")) if path.is_file()}

"""Every file of the home that holds rows under pseudonyms, and which of its columns those are: the contracts say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from avainvarasto import lake
from avainvarasto.contracts import Contract
from avainvarasto.errors import ContractError
from avainvarasto.landing.free_text import kept_columns
from avainvarasto.landing.quarantine import MONTH, SHOWN, key_columns
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.rewrite.journal import Rewrite
from avainvarasto.settings import Settings

Zone = Literal["lake", "restricted", "quarantine"]
PERSON = "person"


@dataclass(frozen=True)
class HeldFile:
    """A Parquet file of pseudonymous rows.

    `rows_of` is the file by whose `src_row` its rows are known: a file of kept texts has the rows of its lake file.
    """

    zone: Zone
    path: Path
    rows_of: Path
    contract: Contract
    source: str
    delivery_id: str
    file: str
    columns: tuple[str, ...]

    @property
    def pseudonyms(self) -> dict[str, str]:
        """Domain of each of its columns that holds pseudonyms."""
        return {name: domain for name, domain in self.contract.hashed_columns().items() if name in self.columns}


def held_files(settings: Settings, contracts: Mapping[str, Contract]) -> list[HeldFile]:
    """All of them, after what an earlier run left half done is thrown away.

    Raises:
        ContractError: a file's extract has no contract any more, or a column that may hold pseudonyms is in none.
    """
    lake.clear_half_done(settings)
    found = []
    for row in lake.accepted(settings):
        extract, about = row["extract"], (row["source"], row["delivery_id"], row["file"])
        where = (settings, row["source"], extract, row["delivery_id"], row["file"])
        rows, texts = lake.lake_file(*where), lake.texts_file(*where)
        contract = _contract_of(contracts, extract, rows)
        found.append(_held("lake", rows, rows, contract, about, list(contract.lake_columns())))
        if texts.is_file():
            known = [*key_columns(contract), "src_row", *kept_columns(contract)]
            found.append(_held("restricted", texts, rows, contract, about, known))
    for path in sorted(settings.quarantine.glob("[!_]*/*/*.parquet")):
        extract, _, stem = path.stem.partition("-")
        contract = _contract_of(contracts, extract, path)
        known = [*SHOWN, MONTH, *key_columns(contract)]
        about = (path.parent.parent.name, path.parent.name, stem)
        found.append(_held("quarantine", path, path, contract, about, known))
    return found


@contextmanager
def workroom(settings: Settings, rewrite: Rewrite) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory whose spill goes with the rewrite's staging."""
    spill = str(rewrite.spill)
    with duckdb.connect(
        config={"threads": settings.threads, "temp_directory": spill, "autoinstall_known_extensions": False}
    ) as connection:
        yield connection


def read(files: list[HeldFile], columns: list[str]) -> str:
    """SQL of some of the pseudonym columns of files of one extract and zone: filename, src_row, then the columns."""
    present = {name for file in files for name in file.columns}
    values = [quoted(name) if name in present else f"cast(null as bigint) as {quoted(name)}" for name in columns]
    paths = ", ".join(literal(str(file.path)) for file in files)
    source = f"read_parquet([{paths}], union_by_name = true, filename = true)"
    return f"select {', '.join(['filename', 'src_row', *values])} from {source}"


def _held(
    zone: Zone, path: Path, rows_of: Path, contract: Contract, about: tuple[str, str, str], known: list[str]
) -> HeldFile:
    schema = pq.read_schema(path)
    for field in schema:
        if field.name not in known and pa.types.is_int64(field.type):
            raise _refuse(
                path,
                f"has the column '{field.name}', of which the contract {contract.extract} says nothing: it may hold "
                "pseudonyms",
                f"name the column in expectations/contracts/{contract.extract}.yml again",
            )
    return HeldFile(zone, path, rows_of, contract, *about, tuple(schema.names))


def _contract_of(contracts: Mapping[str, Contract], extract: str, path: Path) -> Contract:
    if extract not in contracts:
        raise _refuse(
            path,
            f"is of the extract '{extract}', which has no contract any more: nobody knows where its pseudonyms are",
            f"put expectations/contracts/{extract}.yml back",
        )
    return contracts[extract]


def _refuse(path: Path, problem: str, remedy: str) -> ContractError:
    return ContractError(str(path), problem, consequence="Nothing was rewritten.", remedy=remedy)

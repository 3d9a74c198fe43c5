"""Whole columns to a delivered file: CSV and Parquet as the contract writes them, batch by batch.

For files of millions of rows. Belongs here: the forms of `delimited` and `columnar`, by the column. Does not: small
files and the other forms, which are written row by row.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from avainvarasto.contract_readers import CsvReader, ParquetReader, Reader
from avainvarasto.contracts import Contract
from avainvarasto.files import sha256_of
from avainvarasto.synthetic.forms.base import Entry, file_name, headers

_GIVEN = "given"
_CHUNK = 1 << 22


@dataclass(frozen=True)
class TableFile:
    """A file of a delivery whose columns are made when it is written."""

    contract: Contract
    batches: Iterable[pa.Table]

    def write_to(self, folder: Path) -> Entry:
        """Write it batch by batch."""
        suffix = ".parquet" if isinstance(self.contract.reader, ParquetReader) else ".csv"
        path = folder / file_name(self.contract, suffix)
        rows = write_tables(self.contract, self.batches, path)
        return Entry(self.contract.extract, path.name, sha256_of(path), rows)


def write_tables(contract: Contract, batches: Iterable[pa.Table], path: Path) -> int:
    """Write batches with the contract's columns, euros as whole cents; a column that a batch lacks is empty.

    Returns:
        the number of rows.

    Raises:
        KeyError: a batch has a column that the contract has not.
        TypeError: the contract's form is neither CSV nor Parquet.
    """
    write = _write_parquet if isinstance(contract.reader, ParquetReader) else _write_csv
    with duckdb.connect(config={"threads": 2}) as connection:
        return write(connection, contract, batches, path)


def _write_csv(
    connection: duckdb.DuckDBPyConnection, contract: Contract, batches: Iterable[pa.Table], path: Path
) -> int:
    reader = contract.reader_as(CsvReader)
    part, rows = path.with_name(path.name + ".part"), 0
    with path.open("wb") as whole:
        whole.write((reader.delimiter.join(headers(contract)) + "\n").encode(reader.encoding))
        for batch in batches:
            select = _select(contract, batch, as_text=True)
            connection.register(_GIVEN, batch)
            connection.execute(
                f"copy ({select}) to '{part}' (format csv, header false, delimiter '{reader.delimiter}')"
            )
            connection.unregister(_GIVEN)
            if reader.encoding == "utf-8":
                with part.open("rb") as stream:
                    shutil.copyfileobj(stream, whole, _CHUNK)
            else:
                with part.open(encoding="utf-8", newline="") as text:
                    while some := text.read(_CHUNK):
                        whole.write(some.encode(reader.encoding))
            rows += len(batch)
    part.unlink(missing_ok=True)
    return rows


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, contract: Contract, batches: Iterable[pa.Table], path: Path
) -> int:
    writer: pq.ParquetWriter | None = None
    rows = 0
    try:
        for batch in batches:
            select = _select(contract, batch, as_text=False)
            connection.register(_GIVEN, batch)
            table = connection.execute(select).to_arrow_table()
            connection.unregister(_GIVEN)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            rows += len(batch)
    finally:
        if writer:
            writer.close()
    return rows


def _select(contract: Contract, batch: pa.Table, *, as_text: bool) -> str:
    if unknown := sorted(set(batch.column_names) - set(contract.columns)):
        raise KeyError(f"{contract.extract} has no column {unknown[0]}")
    columns = []
    for (name, column), theirs in zip(contract.columns.items(), headers(contract), strict=True):
        given = f'"{name}"' if name in batch.column_names else "null"
        written = _text(column.type, contract.reader, given) if as_text else _typed(column.type, given)
        columns.append(f'{written} as "{theirs}"')
    return f"select {', '.join(columns)} from {_GIVEN}"


def _text(kind: str, reader: Reader, given: str) -> str:
    """SQL of how a value of a contract's type is written."""
    if kind == "eur":
        digits = f"lpad(cast(abs({given}) % 100 as varchar), 2, '0')"
        return f"case when {given} < 0 then '-' else '' end || abs({given}) // 100 || '{reader.decimal}' || {digits}"
    if kind in ("date", "month"):
        return f"strftime(cast({given} as date), '{reader.month if kind == 'month' else reader.date}')"
    if kind == "timestamp":
        return f"strftime(cast({given} as timestamp), '{reader.timestamp}')"
    if kind == "boolean":
        yes, no = reader.boolean
        return f"case {given} when true then '{yes}' when false then '{no}' end"
    return f"cast({given} as varchar)"


def _typed(kind: str, given: str) -> str:
    """SQL of a value in Parquet."""
    types = {"integer": "bigint", "date": "date", "month": "date", "timestamp": "timestamp", "boolean": "boolean"}
    if kind == "eur":
        return f"cast(cast({given} as decimal(14, 2)) * cast(0.01 as decimal(3, 2)) as decimal(12, 2))"
    return f"cast({given} as {types.get(kind, 'varchar')})"

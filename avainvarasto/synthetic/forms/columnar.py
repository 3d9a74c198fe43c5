"""Parquet: columns of the contract's types, codes as text."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from avainvarasto.contract_readers import ParquetReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, Row, checked, file_name, headers, text_form

_TYPES = {
    "integer": pa.int64(),
    "eur": pa.decimal128(12, 2),
    "pct": pa.decimal128(5, 2),
    "decimal": pa.decimal128(18, 6),
    "date": pa.date32(),
    "month": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
}


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """One file; a column in which a text stands is one of text."""
    contract.reader_as(ParquetReader)
    given = list(checked(contract, rows))
    arrays = [_array(contract, name, given) for name in contract.columns]
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays, headers(contract)), buffer, compression="zstd")
    return DataFile(contract.extract, file_name(contract, ".parquet"), buffer.getvalue(), len(given))


def _array(contract: Contract, name: str, rows: list[Row]) -> pa.Array:
    kind = contract.columns[name].type
    values = [row.get(name) for row in rows]
    if kind in _TYPES and not any(isinstance(value, str) for value in values):
        zoned = any(isinstance(value, datetime) and value.tzinfo for value in values)
        return pa.array(values, pa.timestamp("us", "UTC") if zoned else _TYPES[kind])
    form = text_form(kind, contract.reader)
    return pa.array([v if v is None or isinstance(v, str) else form(v) for v in values], pa.string())

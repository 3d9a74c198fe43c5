"""The forms in which the same rows may arrive, and reading one file without a whole delivery around it.

A new form gets a line in READERS, and with it the tests of forms, of bad files and of arbitrary bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto.contracts import Contract, parts_of
from avainvarasto.landing.readers import load
from avainvarasto.landing.readers.arriving import Arriving
from avainvarasto.synthetic.forms import DataFile
from tests.deliveries import CONTRACTS
from tests.landed import changed

SHEET = "Rivit"
READERS: dict[str, dict[str, Any]] = {
    "csv": {"format": "csv", "delimiter": ";", "encoding": "utf-8", "decimal": ","},
    "xlsx": {"format": "xlsx", "sheet": SHEET, "header_row": 3},
    "parquet": {"format": "parquet"},
    "json": {"format": "json", "records": "rows"},
    "jsonl": {"format": "jsonl"},
}
TYPED = [form for form in READERS if form != "csv"]
_WRITTEN = ("decimal", "date", "timestamp", "month", "boolean", "rename")


def in_form(contract: Contract, form: str, **changes: Any) -> Contract:
    """The contract of a supplier that writes this form, with dates, decimals and truth as before."""
    own = {key: value for key, value in contract.reader.model_dump().items() if key in _WRITTEN}
    return changed(contract, reader=READERS[form] | own | changes, readers={})


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One for all: a database takes longer to open than a small file to read."""
    return duckdb.connect(config={"threads": 1})


def loaded(contract: Contract, content: bytes, beside: Mapping[str, bytes] | None = None) -> list[dict[str, Any]]:
    """What a reader leaves of a file: texts by column, and src_row."""
    parts = parts_of(CONTRACTS, contract.extract)
    connection = _connection()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        for name, other in (beside or {}).items():
            (Path(folder) / name).write_bytes(other)
        work = Path(folder) / "work"
        work.mkdir()
        for table in (contract, *parts):
            connection.execute(f'drop schema if exists "{table.extract}" cascade; create schema "{table.extract}"')
        connection.execute(f"set search_path = '{contract.extract},main'")
        count = load(Arriving(connection, path, contract, "source/delivery/file", work, parts))
        cursor = connection.execute("select * from delivered order by src_row")
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        assert count == len(rows)
        assert {*names} == {*contract.columns, "src_row"}
        return rows


def read_back(contract: Contract, file: DataFile) -> list[dict[str, Any]]:
    """The rows of a file, without their numbers."""
    rows = loaded(contract, file.content, file.beside)
    return [{name: row[name] for name in contract.columns} for row in rows]

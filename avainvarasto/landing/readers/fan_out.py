"""The tables into which the records of a document fan out, filled in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from avainvarasto.landing.readers.arriving import BLANK, Arriving, ask, refuse
from avainvarasto.landing.sql import quoted

BATCH = 5_000
BATCH_CHARACTERS = 8_000_000


class FanOut:
    """Tables `delivered` of a document extract and its parts; use as a context, which writes what is left."""

    def __init__(self, arriving: Arriving) -> None:
        self._arriving = arriving
        self._columns = {c.extract: list(c.columns) for c in (arriving.contract, *arriving.parts)}
        self._size = dict.fromkeys(self._columns, 0)
        self._rows: dict[str, list[list[str | int | None]]] = {name: [] for name in self._columns}
        for name, columns in self._columns.items():
            texts = ", ".join(f"{quoted(column)} varchar" for column in columns)
            arriving.connection.execute(f"create or replace table {_table(name)} ({texts}, src_row bigint)")

    def __enter__(self) -> FanOut:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            for name in self._rows:
                self._write(name)

    def add(self, table: str, src_row: int, values: Mapping[str, str | None]) -> None:
        """One row of the document's table or of a part; src_row is that of the record."""
        if unknown := values.keys() - set(self._columns[table]):
            raise KeyError(f"{table} has no column {sorted(unknown)[0]}")
        row = [_kept(values.get(name)) for name in self._columns[table]]
        if any(text is not None and "\0" in text for text in row):
            raise refuse(self._arriving.place, f"record {src_row} holds a NUL character", ask(self._arriving.contract))
        self._rows[table].append([*row, src_row])
        self._size[table] += sum(len(text) for text in row if text is not None)
        if len(self._rows[table]) >= BATCH or self._size[table] >= BATCH_CHARACTERS:
            self._write(table)

    def _write(self, table: str) -> None:
        rows = self._rows[table]
        if not rows:
            return
        names = [*self._columns[table], "src_row"]
        kinds = [*(pa.string() for _ in self._columns[table]), pa.int64()]
        try:
            arrays = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
        except UnicodeEncodeError:
            raise refuse(self._arriving.place, "holds half of a character", ask(self._arriving.contract)) from None
        connection = self._arriving.connection
        connection.register("batch", pa.table(dict(zip(names, arrays, strict=True))))
        connection.execute(f"insert into {_table(table)} select * from batch")
        connection.unregister("batch")
        self._rows[table], self._size[table] = [], 0


def part(arriving: Arriving, name: str) -> str:
    """The extract of a part by the end of its name."""
    extract = f"{arriving.contract.extract}_{name}"
    if extract not in {one.extract for one in arriving.parts}:
        raise KeyError(f"{arriving.contract.extract} has no part {extract}")
    return extract


def _table(extract: str) -> str:
    return f"{quoted(extract)}.delivered"


def _kept(value: Any) -> str | None:
    """The text as it came; empty and blank are none."""
    return value if isinstance(value, str) and value.strip(BLANK) else None

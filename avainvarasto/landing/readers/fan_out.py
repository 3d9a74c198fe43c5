"""The tables into which the records of a document fan out, filled in batches."""

from __future__ import annotations

from collections.abc import Mapping

from avainvarasto.landing.readers.arriving import BLANK, Arriving
from avainvarasto.landing.readers.table import BATCH_CHARACTERS, NumberedRow, as_table, create, insert
from avainvarasto.landing.sql import quoted

# Fewer than of a single table: each part has a batch of its own.
BATCH_ROWS = 5_000


class FanOut:
    """Tables `delivered` of a document extract and its parts; use as a context, which writes what is left."""

    def __init__(self, arriving: Arriving) -> None:
        self._arriving = arriving
        self._columns = {c.extract: list(c.columns) for c in (arriving.contract, *arriving.parts)}
        self._size = dict.fromkeys(self._columns, 0)
        self._rows: dict[str, list[NumberedRow]] = {name: [] for name in self._columns}
        for name, columns in self._columns.items():
            create(arriving.connection, columns, _table(name))

    def __enter__(self) -> FanOut:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            for name in self._rows:
                self._write(name)

    def add(self, table: str, src_row: int, values: Mapping[str, str | None]) -> None:
        """One row of the document's table or of a part; src_row is that of the record.

        Raises:
            KeyError: the table has no such column.
            DeliveryRefused: a text of the rows so far is none that a database can hold.
        """
        if unknown := values.keys() - set(self._columns[table]):
            raise KeyError(f"{table} has no column {sorted(unknown)[0]}")
        row = [_kept(values.get(name)) for name in self._columns[table]]
        self._rows[table].append((src_row, row))
        self._size[table] += sum(len(text) for text in row if text is not None)
        if len(self._rows[table]) >= BATCH_ROWS or self._size[table] >= BATCH_CHARACTERS:
            self._write(table)

    def _write(self, table: str) -> None:
        rows = self._rows[table]
        if not rows:
            return
        batch = as_table(self._columns[table], rows, self._arriving, "record")
        insert(self._arriving.connection, batch, _table(table))
        self._rows[table], self._size[table] = [], 0


def part(arriving: Arriving, name: str) -> str:
    """The extract of a part by the end of its name.

    Raises:
        KeyError: the document has no such part.
    """
    extract = f"{arriving.contract.extract}_{name}"
    if extract not in {one.extract for one in arriving.parts}:
        raise KeyError(f"{arriving.contract.extract} has no part {extract}")
    return extract


def _table(extract: str) -> str:
    return f"{quoted(extract)}.delivered"


def _kept(text: str | None) -> str | None:
    """The text as it came; empty and blank are none."""
    return text if text is not None and text.strip(BLANK) else None

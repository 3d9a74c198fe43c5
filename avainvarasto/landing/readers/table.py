"""Rows of text into tables `delivered`, in batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.contracts import Contract
from avainvarasto.landing.readers.arriving import Arriving, ask, refuse
from avainvarasto.landing.sql import quoted

BATCH_ROWS = 20_000
BATCH_CHARACTERS = 8_000_000

NumberedRow = tuple[int, Sequence[str | None]]


def create(connection: duckdb.DuckDBPyConnection, columns: Iterable[str], table: str = "delivered") -> None:
    """An empty table: the columns as text, and src_row; `table` is SQL."""
    texts = ", ".join(f"{quoted(name)} varchar" for name in columns)
    connection.execute(f"create or replace table {table} ({texts}, src_row bigint)")


def fill(arriving: Arriving, columns: Sequence[str], rows: Iterable[NumberedRow], unit: str) -> None:
    """Fill `delivered` with rows given as (src_row, texts in the order of `columns`); `unit` is what is counted.

    Raises:
        DeliveryRefused: a text is none that a database can hold.
    """
    create(arriving.connection, arriving.contract.columns)
    for batch in _batches(rows):
        insert(arriving.connection, as_table(columns, batch, arriving, unit))


def insert(connection: duckdb.DuckDBPyConnection, batch: pa.Table, table: str = "delivered", select: str = "*") -> None:
    """Append a batch by the names of its columns; `select` is SQL over them."""
    connection.register("arriving_batch", batch)
    try:
        connection.execute(f"insert into {table} by name select {select} from arriving_batch")
    finally:
        connection.unregister("arriving_batch")


def refuse_nul(texts: pa.Array | pa.ChunkedArray, src_rows: Sequence[int], place: str, contract: Contract) -> None:
    """A NUL ends a text for one program and not for the next.

    Raises:
        DeliveryRefused: a text holds one.
    """
    found = pc.index(pc.fill_null(pc.match_substring(texts, "\0"), False), True).as_py()
    if found >= 0:
        raise refuse(f"{place} {src_rows[found]}", "holds a NUL character", ask(contract))


def as_table(columns: Sequence[str], batch: list[NumberedRow], arriving: Arriving, unit: str) -> pa.Table:
    """Rows as columns of text, and src_row.

    Raises:
        DeliveryRefused: a text holds a NUL or half a character; the row is named, counted in `unit`.
    """
    numbers = [number for number, _texts in batch]
    place = f"{arriving.place} {unit}"
    arrays = {}
    for name, texts in zip(columns, zip(*(texts for _number, texts in batch), strict=True), strict=True):
        try:
            arrays[name] = pa.array(texts, pa.large_string())
        except UnicodeEncodeError:
            bad = next(n for n, text in zip(numbers, texts, strict=True) if text is not None and not _is_unicode(text))
            raise refuse(f"{place} {bad}", "holds half a character", ask(arriving.contract)) from None
        refuse_nul(arrays[name], numbers, place, arriving.contract)
    return pa.table(arrays | {"src_row": pa.array(numbers, pa.int64())})


def _batches(rows: Iterable[NumberedRow]) -> Iterator[list[NumberedRow]]:
    batch: list[NumberedRow] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(text) for text in row[1] if text is not None)
        if len(batch) == BATCH_ROWS or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""One sheet of a workbook (.xlsx) with one header line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from avainvarasto.contract_readers import XlsxReader
from avainvarasto.contracts import Contract
from avainvarasto.landing.readers.arriving import Arriving, ask, hold_header, refuse
from avainvarasto.landing.readers.opened import opened_sheet
from avainvarasto.landing.readers.sheet import cell_name
from avainvarasto.landing.readers.table import NumberedRow, fill
from avainvarasto.landing.readers.typed_text import as_texts


def load(arriving: Arriving) -> None:
    """Fill the table `delivered`; src_row is the row of the sheet.

    Raises:
        DeliveryRefused: not a workbook as agreed, or one with formulas, errors, merged cells, links or macros.
    """
    contract, reader, place = arriving.contract, arriving.contract.reader_as(XlsxReader), arriving.place
    on_sheet = f"{place} sheet '{reader.sheet}'"
    with opened_sheet(arriving, reader.sheet, reader.header_row) as sheet:
        rows: Iterator[tuple[int, Sequence[object]]] = enumerate(sheet.iter_rows(), start=1)
        header = _header(rows, contract, reader, on_sheet)
        fill(arriving, header, _rows(rows, header, contract, on_sheet), f"sheet '{reader.sheet}' row")


def _header(
    rows: Iterator[tuple[int, Sequence[object]]], contract: Contract, reader: XlsxReader, on_sheet: str
) -> list[str]:
    """The contract's columns in the order of the sheet; cells above the header are a title."""
    at = f"{on_sheet} row {reader.header_row}"
    _number, cells = next(islice(rows, reader.header_row - 1, None), (0, ()))
    names = [str(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise refuse(at, "has no header", ask(contract))
    return hold_header(names, contract, at)


def _rows(
    rows: Iterator[tuple[int, Sequence[object]]], header: Sequence[str], contract: Contract, on_sheet: str
) -> Iterator[NumberedRow]:
    convert = [as_texts(contract)[name] for name in header]
    nothing: list[str | None] = [None] * len(header)
    empty: list[int] = []
    for number, cells in rows:
        for column, cell in enumerate(cells):
            if column >= len(header) and cell != "":
                at = f"{on_sheet} cell {cell_name(number, column + 1)}"
                raise refuse(at, "stands in a column without a header", ask(contract))
            if isinstance(cell, float) and not math.isfinite(cell):
                raise refuse(f"{on_sheet} cell {cell_name(number, column + 1)}", "is no number", ask(contract))
        texts = [to_text(cell) for to_text, cell in zip(convert, chain(cells, nothing), strict=False)]
        if not any(texts):
            empty.append(number)
            continue
        yield from ((before, nothing) for before in empty)
        empty.clear()
        yield number, texts

"""Sheets of workbooks that people laid out: merged headers, cells as text, and words that stand for codes.

Belongs here: what the survey's and the workshops' exports share. Does not: tables with one header line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from avainvarasto.landing.readers.arriving import BLANK, NUMBER_FOR_TEXT, Arriving, ask, refuse
from avainvarasto.landing.readers.opened import opened_sheet
from avainvarasto.landing.readers.sheet import cell_name

Cell = str | float | bool | date | datetime | time | timedelta
Merged = tuple[tuple[int, int], tuple[int, int]]
# Stands before words that a reader leads to no code: no code of a contract begins so, and the row is not taken.
NO_CODE = "\ue001"
_WHOLE = 1e15


@dataclass(frozen=True)
class SheetRows:
    """Rows with their number as the sheet shows it, and merged ranges by zero-based row and column."""

    rows: Iterator[tuple[int, list[Cell]]]
    merged: list[Merged]


@contextmanager
def sheet_rows(arriving: Arriving, name: str, first_record: int) -> Iterator[SheetRows]:
    """A sheet of the delivered workbook, from its first row on; cells may be merged above the first record only.

    Raises:
        DeliveryRefused: the gate does not let the workbook through, or it cannot be read.
    """
    with opened_sheet(arriving, name, first_record) as sheet:
        yield SheetRows(enumerate(sheet.iter_rows(), 1), list(sheet.merged_cell_ranges or []))


def is_blank(cell: Cell) -> bool:
    """Nothing, or nothing but blanks."""
    return isinstance(cell, str) and not stripped(cell)


def header_text(cell: Cell) -> str:
    """The words of a header in one line: line breaks and repeated blanks are the layout's."""
    return " ".join(str(cell).replace("\u00a0", " ").split())


def cell_text(cell: Cell, arriving: Arriving, *, whole_number: bool = False) -> str:
    """A cell as text; a number is marked where text was agreed, since 99 may have been 099."""
    if isinstance(cell, bool):
        return arriving.contract.reader.boolean[0 if cell else 1]
    if isinstance(cell, int | float):
        return number_text(cell) if whole_number else NUMBER_FOR_TEXT + number_text(cell)
    return cell if isinstance(cell, str) else str(cell)


def number_text(number: float) -> str:
    """A number as it would be typed: whole ones without a decimal point."""
    whole = abs(number) < _WHOLE and float(number).is_integer()
    return str(int(number)) if whole else repr(float(number))


def stripped(text: str) -> str:
    """A text without the blanks and line ends around it."""
    return text.strip(BLANK + "\r\n")


def code_of(words: str, codes: Mapping[str, str]) -> str:
    """The code that words lead to, whatever their layout; words that lead to none are marked."""
    known = {header_text(given): code for given, code in codes.items()}
    return known.get(header_text(words), NO_CODE + words)


def hold_width(cells: list[Cell], width: int, arriving: Arriving, number: int) -> None:
    """What stands in a column without a header could be anything.

    Raises:
        DeliveryRefused: a row is wider than the header.
    """
    for index, cell in enumerate(cells[width:], width):
        if not is_blank(cell):
            at = f"{arriving.place} cell {cell_name(number, index + 1)}"
            raise refuse(at, "stands in a column without a header", ask(arriving.contract))


def filled_across(row: list[Any], row_index: int, merged: list[Merged]) -> list[Any]:
    """A header row in which a merged cell stands over every column that it covers."""
    filled = list(row)
    for (top, left), (_bottom, right) in merged:
        if top == row_index and left < len(filled):
            filled[left : right + 1] = [filled[left]] * (min(right, len(filled) - 1) - left + 1)
    return filled

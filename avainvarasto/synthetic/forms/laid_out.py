"""Workbooks that people laid out: Webropol's wide export, and cards of a workshop platform under merged headers."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import xlsxwriter

from avainvarasto.contract_readers import SwotReader, WebropolReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, file_name

MADE = datetime(2019, 3, 1)
TITLE = "SWOT-työpajat, alustan vienti (keksitty aineisto)"


def write_webropol(contract: Contract, rows: Iterable[Mapping[str, Any]]) -> DataFile:
    """A row maps the words of the form to cells: text, numbers, or nothing.

    Raises:
        KeyError: a row has words that the form has not.
    """
    reader = contract.reader_as(WebropolReader)
    headers = list(reader.questions)
    listed = [_of(row, headers) for row in rows]

    def fill(sheet: Any) -> None:
        if reader.header_rows == 1:
            sheet.write_row(reader.header_row - 1, 0, headers)
        else:
            _write_two_rows(sheet, reader.header_row - 1, [_question_and_option(words) for words in headers])
        for at, row in enumerate(listed, reader.header_row + reader.header_rows - 1):
            _write_cells(sheet, at, [row.get(words) for words in headers])

    return DataFile(contract.extract, file_name(contract, ".xlsx"), _workbook(reader.sheet, fill), len(listed))


def write_swot(contract: Contract, rows: Iterable[Mapping[str, Any]]) -> DataFile:
    """A row is a card: the platform's headers to cells, and `(phase, kind)` in the platform's words to noted lines.

    Raises:
        KeyError: a card has a header, a phase or a kind that the platform has not.
    """
    reader = contract.reader_as(SwotReader)
    places = [(phase, kind) for phase in reader.phases for kind in reader.kinds]
    headers: list[Any] = [*reader.rename, *places]
    listed = [_of(row, headers) for row in rows]

    def fill(sheet: Any) -> None:
        if reader.header_row > 3:
            sheet.merge_range(0, 0, 0, 6, TITLE)
        parts = [header if isinstance(header, tuple) else (header, "") for header in headers]
        _write_two_rows(sheet, reader.header_row - 2, parts)
        for at, row in enumerate(listed, reader.header_row):
            _write_cells(sheet, at, [row.get(header) for header in headers])

    return DataFile(contract.extract, file_name(contract, ".xlsx"), _workbook(reader.sheet, fill), len(listed))


def _of(row: Mapping[str, Any], headers: Sequence[Any]) -> Mapping[Any, Any]:
    if unknown := [header for header in row if header not in headers]:
        raise KeyError(f"there is no header {unknown[0]}")
    return row


def _question_and_option(words: str) -> tuple[str, str]:
    question, colon, option = words.rpartition(": ")
    return (question, option) if colon else (words, "")


def _write_two_rows(sheet: Any, top: int, parts: list[tuple[str, str]]) -> None:
    """Upper headers merged over their lower ones, and over both rows where there is none below."""
    column = 0
    for upper, group in groupby(parts, key=lambda pair: pair[0]):
        below = [lower for _, lower in group]
        if below == [""]:
            sheet.merge_range(top, column, top + 1, column, upper)
        else:
            if len(below) > 1:
                sheet.merge_range(top, column, top, column + len(below) - 1, upper)
            else:
                sheet.write_string(top, column, upper)
            for offset, lower in enumerate(below):
                sheet.write_string(top + 1, column + offset, lower)
        column += len(below)


def _write_cells(sheet: Any, at: int, cells: Iterable[Any]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(at, column, cell)
        elif cell is not None:
            sheet.write(at, column, cell)


def _workbook(name: str, fill: Callable[[Any], None]) -> bytes:
    """The bytes of a workbook with one sheet; the same cells give the same bytes."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": MADE})
    fill(workbook.add_worksheet(name))
    workbook.close()
    return buffer.getvalue()

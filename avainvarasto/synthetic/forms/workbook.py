"""XLSX: one sheet, typed cells; equal rows give equal bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from avainvarasto.contract_readers import XlsxReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, Row, Value, checked, file_name, headers, text_form

LONGEST_TEXT = 32_767
_CREATED = datetime(2000, 1, 1)
_SHOWN_AS = {"month": "yyyy-mm", "timestamp": "yyyy-mm-dd hh:mm:ss"}


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """One workbook; above a header that is not in the first row stands a title."""
    import xlsxwriter

    reader = contract.reader_as(XlsxReader)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "in_memory": True})
    book.set_properties({"created": _CREATED})
    forms = {
        name: book.add_format({"num_format": _SHOWN_AS.get(column.type, "yyyy-mm-dd")})
        for name, column in contract.columns.items()
    }
    sheet = book.add_worksheet(reader.sheet)
    if reader.header_row > 1:
        sheet.write_string(0, 0, contract.extract)
    sheet.write_row(reader.header_row - 1, 0, headers(contract))
    count = 0
    for row in checked(contract, rows):
        for number, (name, column) in enumerate(contract.columns.items()):
            value = row.get(name)
            if isinstance(value, datetime) and value.tzinfo:  # a cell knows no zone
                value = text_form(column.type, reader)(value)
            _write_cell(sheet, reader.header_row + count, number, value, forms[name])
        count += 1
    book.close()
    return DataFile(contract.extract, file_name(contract, ".xlsx"), buffer.getvalue(), count)


def _write_cell(sheet: Any, row: int, column: int, value: Value, form: Any) -> None:
    match value:
        case None:
            return
        case str():
            if len(value) > LONGEST_TEXT:
                raise ValueError(f"a text is longer than the {LONGEST_TEXT} characters of a cell")
            sheet.write_string(row, column, value)
        case bool():
            sheet.write_boolean(row, column, value)
        case date():
            sheet.write_datetime(row, column, value, form)
        case int() | Decimal():
            sheet.write_number(row, column, value)

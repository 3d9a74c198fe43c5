"""JSON: a list of objects, or one object a line; numbers and truth values as such, an empty value as null."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from avainvarasto.contract_readers import JsonReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, Row, Value, checked, file_name, headers, text_form


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """One file in UTF-8."""
    reader = contract.reader_as(JsonReader)
    objects = [_object(contract, row) for row in checked(contract, rows)]
    if reader.format == "jsonl":
        text = "".join(one + "\n" for one in objects)
    else:
        text = "[\n" + ",\n".join(objects) + "\n]"
        text = (f"{{{json.dumps(reader.records)}: {text}}}" if reader.records else text) + "\n"
    return DataFile(contract.extract, file_name(contract, f".{reader.format}"), text.encode(), len(objects))


def _object(contract: Contract, row: Row) -> str:
    members = (
        f"{json.dumps(theirs, ensure_ascii=False)}: {_literal(contract, name, row.get(name))}"
        for theirs, name in zip(headers(contract), contract.columns, strict=True)
    )
    return "{" + ", ".join(members) + "}"


def _literal(contract: Contract, name: str, value: Value) -> str:
    kind = contract.columns[name].type
    if isinstance(value, Decimal):  # with the digits that it has: a binary number would have others
        return f"{value:.2f}" if kind in ("eur", "pct") else f"{value:f}"
    if isinstance(value, date):
        value = text_form(kind, contract.reader)(value)
    return json.dumps(value, ensure_ascii=False)

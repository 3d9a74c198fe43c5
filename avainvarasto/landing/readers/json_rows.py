"""Flat JSON: a list of objects, or one object a line."""

from __future__ import annotations

from collections.abc import Iterator

from avainvarasto.contract_readers import JsonReader
from avainvarasto.contracts import Contract
from avainvarasto.landing.readers.arriving import Arriving, ask, refuse, unknown_column
from avainvarasto.landing.readers.json_stream import Record, lines, records
from avainvarasto.landing.readers.table import NumberedRow, fill
from avainvarasto.landing.readers.typed_text import as_texts


def load(arriving: Arriving) -> None:
    """Fill the table `delivered`; src_row is the line, or the number of the record. A key left out is an empty value.

    Raises:
        DeliveryRefused: not JSON as agreed, a key that no column has, a key twice, or a value that is not single.
    """
    contract, place, reader = arriving.contract, arriving.place, arriving.contract.reader_as(JsonReader)
    unit = "line" if reader.format == "jsonl" else "record"
    if reader.format == "jsonl":
        found = lines(arriving.path, contract, place)
    else:
        found = records(arriving.path, contract, place, reader.records)
    fill(arriving, list(contract.columns), _rows(found, contract, f"{place} {unit}"), unit)


def _rows(found: Iterator[tuple[int, Record]], contract: Contract, place: str) -> Iterator[NumberedRow]:
    convert = as_texts(contract)
    positions = {name: position for position, name in enumerate(contract.columns)}
    ours = {theirs: name for theirs, name in contract.reader.rename.items() if name in positions}
    ours |= {name: name for name in positions if name not in contract.reader.rename}
    for number, record in found:
        row: list[str | None] = [None] * len(positions)
        seen = set()
        for key, value in record.items():
            name = ours.get(key)
            if name is None:
                raise unknown_column(key, contract, f"{place} {number}")
            if name in seen:
                raise refuse(f"{place} {number}", f"holds column '{name}' twice", ask(contract))
            if isinstance(value, dict | list):
                raise refuse(f"{place} {number}", f"holds a list or an object as '{name}'", ask(contract))
            seen.add(name)
            row[positions[name]] = convert[name](value)
        yield number, row

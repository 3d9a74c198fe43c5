"""JSON-stat 2: rows become the cells of a cube; cells that no row fills have no value."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import product

from avainvarasto.contract_readers import JsonStatReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, Row, checked, file_name, headers, in_texts
from avainvarasto.synthetic.forms.cells import their_code

MISSING = ".."
UPDATED = date(2019, 3, 29)


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """One dataset; its categories stand in the order in which the rows name them first.

    Raises:
        ValueError: two rows are the same cell.
    """
    reader = contract.reader_as(JsonStatReader)
    columns = list(contract.columns)
    named = dict(zip(columns, headers(contract), strict=True))
    dimensions = [name for name in columns if name not in (reader.value, reader.status)]
    categories: dict[str, dict[str, None]] = {name: {} for name in dimensions}
    cells: dict[tuple[str, ...], str] = {}
    as_texts = in_texts(contract)

    @cache
    def code_of(name: str, ours: str) -> str:
        return their_code(reader, name, ours)

    for row in checked(contract, rows):
        texts = dict(zip(columns, as_texts(row), strict=True))
        cell = tuple(code_of(name, texts[name]) for name in dimensions)
        if cell in cells:
            raise ValueError(f"{contract.extract}: two rows are the same cell")
        for name, code in zip(dimensions, cell, strict=True):
            categories[name].setdefault(code)
        cells[cell] = texts[reader.value]
    values = [cells.get(cell, "") for cell in product(*categories.values())]
    described = {named[name]: list(codes) for name, codes in categories.items()}
    described |= {name: [code] for name, code in reader.fixed.items()}
    content = {
        "version": "2.0",
        "class": "dataset",
        "label": contract.description,
        "source": "synthetic",
        "updated": UPDATED.isoformat(),
        "id": list(described),
        "size": [len(codes) for codes in described.values()],
        "dimension": {
            name: {"label": name, "category": {"index": {code: place for place, code in enumerate(codes)}}}
            for name, codes in described.items()
        },
        "status": {str(place): MISSING for place, value in enumerate(values) if value == ""},
    }
    written = json.dumps(content, ensure_ascii=False, indent=1).removesuffix("\n}")
    numbers = ",".join(_written(value) for value in values)
    whole = f'{written},\n "value": [{numbers}]\n}}\n'.encode()
    return DataFile(contract.extract, file_name(contract, ".json"), whole, len(values))


def _written(value: str) -> str:
    """A number in its own digits; a double would turn 1.10 into 1.1."""
    try:
        number = math.isfinite(float(value)) and "," not in value
    except ValueError:
        number = False
    return "null" if value == "" else value if number else json.dumps(value)

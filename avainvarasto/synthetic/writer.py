"""Writes rows in the supplier's form and puts a delivery into the landing folder.

The contract says how the supplier writes: delimiter, encoding, decimal sign, dates, months, booleans. One writer
serves all sources, so a demo file cannot have a form of its own.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from avainvarasto.contracts import Contract, Reader
from avainvarasto.errors import HomeRefused

Value = str | int | bool | Decimal | date | datetime | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class DataFile:
    """One file of a delivery, as it will be written."""

    extract: str
    name: str
    content: bytes
    rows: int


@dataclass(frozen=True)
class Delivery:
    """What a supplier sends at one time. `period` is whole months, or None for whole-table extracts."""

    source: str
    delivery_id: str
    supplier: str
    created_at: datetime
    files: list[DataFile]
    period: tuple[date, date] | None = None
    replaces: str | None = None
    nature: str = "synthetic"


def data_file(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """The rows as the file that the contract describes.

    Raises:
        KeyError: a row has a column that the contract has not.
    """
    formats = {name: _text_form(column.type, contract.reader) for name, column in contract.columns.items()}
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=contract.reader.delimiter, lineterminator="\n")
    writer.writerow(formats)
    count = 0
    for row in rows:
        if not row.keys() <= formats.keys():
            raise KeyError(f"{contract.extract} has no column {sorted(row.keys() - formats.keys())[0]}")
        values = ((row.get(name), form) for name, form in formats.items())
        # Text stands as it is, so that a test can plant what no form would write.
        writer.writerow(
            ["" if value is None else value if isinstance(value, str) else form(value) for value, form in values]
        )
        count += 1
    name = contract.extract.split("_", 1)[-1] + ".csv"
    return DataFile(contract.extract, name, buffer.getvalue().encode(contract.reader.encoding), count)


def copied_file(contract: Contract, path: Path) -> DataFile:
    """A file that already has the supplier's form, byte by byte."""
    content = path.read_bytes()
    lines = csv.reader(io.StringIO(content.decode(contract.reader.encoding)), delimiter=contract.reader.delimiter)
    return DataFile(contract.extract, path.name, content, sum(1 for _ in lines) - 1)


def write_delivery(landing: Path, delivery: Delivery) -> Path:
    """Writes the data files and then, by rename, `delivery.yml`; a folder without it has not arrived.

    Raises:
        HomeRefused: a delivery with this id has arrived before.
    """
    folder = landing / delivery.source / delivery.delivery_id
    note = folder / "delivery.yml"
    if note.exists():
        raise HomeRefused(
            str(folder),
            "a delivery with this id has arrived before",
            consequence="Nothing of it was written; what has arrived is never changed.",
            remedy="give an empty landing folder",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for file in delivery.files:
        (folder / file.name).write_bytes(file.content)
    part = folder / "delivery.yml.part"
    part.write_text(_note_text(delivery), encoding="utf-8")
    part.replace(note)
    return folder


def _note_text(delivery: Delivery) -> str:
    lines = [
        f"nature: {delivery.nature}",
        f"source: {delivery.source}",
        f"delivery_id: {delivery.delivery_id}",
        f"supplier: {delivery.supplier}",
        f"created_at: {delivery.created_at.isoformat()}",
    ]
    if delivery.period:
        lines.append(f"period: {{from: {delivery.period[0]}, to: {delivery.period[1]}}}")
    lines += [f"replaces: {delivery.replaces or 'null'}", "files:"]
    for file in delivery.files:
        digest = hashlib.sha256(file.content).hexdigest()
        lines.append(f'  - {{extract: {file.extract}, path: {file.name}, sha256: "{digest}", rows: {file.rows}}}')
    return "\n".join(lines) + "\n"


def _text_form(kind: str, reader: Reader) -> Callable[[Value], str]:
    def euros(value: Value) -> str:
        return f"{value:.2f}".replace(".", reader.decimal)

    def moment(form: str) -> Callable[[Value], str]:
        # f-string formatting calls strftime, for dates and timestamps alike.
        return lambda value: f"{value:{form}}"

    forms: dict[str, Callable[[Value], str]] = {
        "eur": euros,
        "date": moment(reader.date),
        "month": moment(reader.month),
        "timestamp": moment(reader.timestamp),
        "boolean": lambda value: reader.boolean[0 if value else 1],
    }
    return forms.get(kind, str)

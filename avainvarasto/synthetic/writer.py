"""Puts a delivery into the landing folder: its files in the suppliers' forms (`forms`), then delivery.yml."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from avainvarasto.contract_readers import CsvReader
from avainvarasto.contracts import Contract
from avainvarasto.errors import HomeRefused
from avainvarasto.landing.deliveries import MANIFEST
from avainvarasto.synthetic.forms import DataFile, Row, Value, data_file
from avainvarasto.synthetic.forms.base import Entry, SentFile

__all__ = [
    "DataFile",
    "Delivery",
    "Row",
    "Value",
    "copied_file",
    "data_file",
    "new_folder",
    "write_delivery",
    "write_note",
]


@dataclass(frozen=True)
class Delivery:
    """What a supplier sends at one time. `period` is whole months, or None for whole-table extracts."""

    source: str
    delivery_id: str
    supplier: str
    created_at: datetime
    files: Sequence[SentFile]
    period: tuple[date, date] | None = None
    replaces: str | None = None
    nature: str = "synthetic"


def copied_file(contract: Contract, path: Path) -> DataFile:
    """A file that already has the supplier's form, byte by byte."""
    reader = contract.reader_as(CsvReader)
    content = path.read_bytes()
    lines = csv.reader(io.StringIO(content.decode(reader.encoding)), delimiter=reader.delimiter)
    return DataFile(contract.extract, path.name, content, sum(1 for _ in lines) - 1)


def euros(cents: int) -> Decimal:
    """Cents as euros."""
    return Decimal(cents).scaleb(-2)


def write_delivery(landing: Path, delivery: Delivery) -> Path:
    """Writes the data files and then, by rename, `delivery.yml`; a folder without it has not arrived.

    Raises:
        HomeRefused: a delivery with this id has arrived before.
    """
    folder = new_folder(landing, delivery.source, delivery.delivery_id)
    entries = [file.write_to(folder) for file in delivery.files]
    write_note(folder, _note_text(delivery, entries).encode())
    return folder


def new_folder(landing: Path, source: str, delivery_id: str) -> Path:
    """The folder of a delivery that has not arrived yet.

    Raises:
        HomeRefused: a delivery with this id has arrived before.
    """
    folder = landing / source / delivery_id
    if (folder / MANIFEST).exists():
        raise HomeRefused(
            str(folder),
            "a delivery with this id has arrived before",
            consequence="Nothing of it was written; what has arrived is never changed.",
            remedy="give an empty landing folder",
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_note(folder: Path, content: bytes) -> None:
    """Write `delivery.yml` by rename: from now on the delivery has arrived."""
    part = folder / f"{MANIFEST}.part"
    part.write_bytes(content)
    part.replace(folder / MANIFEST)


def _note_text(delivery: Delivery, entries: Sequence[Entry]) -> str:
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
    lines += [f'  - {{extract: {e.extract}, path: {e.name}, sha256: "{e.sha256}", rows: {e.rows}}}' for e in entries]
    return "\n".join(lines) + "\n"

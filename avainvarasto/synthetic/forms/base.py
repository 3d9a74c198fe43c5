"""Rows, files, and how single values are written: what all forms share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from avainvarasto.contract_readers import Reader
from avainvarasto.contracts import Contract

Value = str | int | bool | Decimal | date | datetime | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Entry:
    """What delivery.yml says of a file."""

    extract: str
    name: str
    sha256: str
    rows: int


class SentFile(Protocol):
    """A file that can be written into the folder of its delivery."""

    def write_to(self, folder: Path) -> Entry:
        """Write it, and whatever stands beside it."""


@dataclass(frozen=True)
class DataFile:
    """One file of a delivery, as it will be written; `beside` are files that describe it, by name."""

    extract: str
    name: str
    content: bytes
    rows: int
    beside: Mapping[str, bytes] = field(default_factory=dict)

    def write_to(self, folder: Path) -> Entry:
        """Write it, and the files that describe it."""
        for name, content in {self.name: self.content, **self.beside}.items():
            (folder / name).write_bytes(content)
        return Entry(self.extract, self.name, hashlib.sha256(self.content).hexdigest(), self.rows)


def checked(contract: Contract, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, each held against the contract's columns.

    Raises:
        KeyError: a row has a column that the contract has not.
    """
    for row in rows:
        if not row.keys() <= contract.columns.keys():
            raise KeyError(f"{contract.extract} has no column {sorted(row.keys() - contract.columns.keys())[0]}")
        yield row


def headers(contract: Contract) -> list[str]:
    """The contract's columns in the supplier's words."""
    theirs = {ours: name for name, ours in contract.reader.rename.items()}
    return [theirs.get(name, name) for name in contract.columns]


def in_texts(contract: Contract) -> Callable[[Row], list[str]]:
    """How a row's values become text as the supplier writes it.

    What is text stands as it is, so that a test can plant what no form would.
    """
    forms = [(name, text_form(column.type, contract.reader)) for name, column in contract.columns.items()]

    def texts(row: Row) -> list[str]:
        values = ((row.get(name), form) for name, form in forms)
        return ["" if value is None else value if isinstance(value, str) else form(value) for value, form in values]

    return texts


def file_name(contract: Contract, suffix: str) -> str:
    """The extract's name without its source."""
    return contract.extract.split("_", 1)[-1] + suffix


def text_form(kind: str, reader: Reader) -> Callable[[Value], str]:
    """How a value of a contract's type is written."""

    def euros(value: Value) -> str:
        return f"{value:.2f}".replace(".", reader.decimal)

    def moment(form: str) -> Callable[[Value], str]:
        # f-string formatting calls strftime, for dates and timestamps alike.
        return lambda value: f"{value:{form}}"

    forms: dict[str, Callable[[Value], str]] = {
        "eur": euros,
        "pct": euros,
        "decimal": lambda value: f"{value}".replace(".", reader.decimal),
        "date": moment(reader.date),
        "month": moment(reader.month),
        "timestamp": moment(reader.timestamp),
        "boolean": lambda value: reader.boolean[0 if value else 1],
    }
    return forms.get(kind, str)

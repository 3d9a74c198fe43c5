"""What a kind of broken delivery is, and the draft of one, made from a good delivery.

Belongs here: what all kinds share. Does not: what is broken (`notes`, `files`, `rows`).
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.writer import new_folder, write_note

PREFIX = "broken-"


class Outcome(Enum):
    """What the house does with a broken delivery."""

    NOT_YET = "has not arrived: it is named and left alone"
    REFUSED = "refused as a whole"
    STOPS = "refused as a whole by a check, which ends this night; the next one takes the others"
    QUARANTINED = "bad rows go to quarantine, the others load"
    WARNED = "taken, and a check warns"
    LEFT_OUT = "taken; the build leaves out rows without their parent, and counts them"


@dataclass(frozen=True)
class Good:
    """A file of a good delivery that can be broken."""

    folder: Path
    note: dict[str, Any]
    entry: dict[str, Any]
    contract: Contract

    @property
    def extract(self) -> str:
        return str(self.entry["extract"])

    @property
    def rows(self) -> int:
        return int(self.entry["rows"])

    @property
    def path(self) -> Path:
        return self.folder / str(self.entry["path"])

    @property
    def created_at(self) -> datetime:
        created: datetime = self.note["created_at"]
        return created

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day, None for a whole table."""
        given = self.note.get("period")
        return (given["from"], given["to"]) if given else None

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()


@dataclass
class Draft:
    """A copy of one file of a good delivery under an id of its own; what a kind spoils.

    `text` stands in place of the delivery.yml that `note` says; with `is_complete` false there is none.
    """

    good: Good
    delivery_id: str
    note: dict[str, Any]
    files: dict[str, bytes]
    links: dict[str, Path] = field(default_factory=dict)
    text: bytes | None = None
    is_complete: bool = True

    @classmethod
    def of(cls, good: Good, kind: str, minutes: int) -> Draft:
        """Made some minutes after the good one, so that it is the newer of the two."""
        delivery_id = f"{PREFIX}{kind}"
        note = copy.deepcopy(good.note) | {
            "delivery_id": delivery_id,
            "created_at": good.created_at + timedelta(minutes=minutes),
            "replaces": None,
            "files": [dict(good.entry)],
        }
        return cls(good, delivery_id, note, {str(good.entry["path"]): good.content})

    @property
    def entry(self) -> dict[str, Any]:
        """What delivery.yml says of the file."""
        entry: dict[str, Any] = self.note["files"][0]
        return entry

    def put(self, content: bytes, rows: int | None = None) -> None:
        """Give the file other bytes, and make delivery.yml true of them."""
        self.files[str(self.entry["path"])] = content
        self.entry["sha256"] = hashlib.sha256(content).hexdigest()
        if rows is not None:
            self.entry["rows"] = rows

    def write(self, landing: Path) -> Path:
        """Put it into the landing folder, delivery.yml last.

        Raises:
            HomeRefused: a delivery with this id has arrived before.
        """
        folder = new_folder(landing, self.good.contract.source, self.delivery_id)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)
        if self.is_complete:
            write_note(folder, self.text if self.text is not None else _as_yaml(self.note))
        return folder


@dataclass(frozen=True)
class Kind:
    """One way in which a delivery can be broken.

    `wrong` tells it to somebody who learns to look after deliveries; `says` are words of the reason, the rule that
    names the rows in quarantine, or words of the check. `suits` tells which good files it can be made from, and `needs`
    whether the others that it names are there; `spoil` is given the draft and all good files.
    """

    name: str
    wrong: str
    outcome: Outcome
    says: str
    suits: Callable[[Good], bool]
    spoil: Callable[[Draft, Sequence[Good]], None]
    needs: Callable[[Good, Sequence[Good]], bool] = lambda _good, _goods: True


def of_extract(*extracts: str, rows: int = 1) -> Callable[[Good], bool]:
    """Files of these extracts that have as many rows."""
    return lambda good: good.extract in extracts and good.rows >= rows


def _as_yaml(note: dict[str, Any]) -> bytes:
    text: str = yaml.safe_dump(note, sort_keys=False, allow_unicode=True)
    return text.encode()

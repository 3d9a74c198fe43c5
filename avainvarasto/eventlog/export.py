"""One event log from the build into a folder of the analyst: asked for, written, checked, recorded, and then there."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import duckdb

from avainvarasto import lake
from avainvarasto.errors import GateFailed
from avainvarasto.eventlog import cases, ledger
from avainvarasto.eventlog.cases import Choice, Counts
from avainvarasto.eventlog.check import check
from avainvarasto.eventlog.place import demand_place
from avainvarasto.eventlog.refusal import refused
from avainvarasto.eventlog.xes import Head, write_log
from avainvarasto.files import sha256_of, storage_errors, to_disk
from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.release.exports import NOTES
from avainvarasto.release.published import STRICTEST_FIRST
from avainvarasto.release.reader import LOCK_DOWN
from avainvarasto.settings import Settings
from avainvarasto.warehouse import build

CONFIDENTIAL = "confidential"
KEPT, RANDOM = "kept", "random"


@dataclass(frozen=True)
class Wish:
    """What an analyst asks for, and on what ground."""

    file: Path
    purpose: str
    person: str
    permit: str
    choice: Choice
    keep_keys: bool


@dataclass(frozen=True)
class Exported:
    """What was written."""

    file: Path
    counts: Counts
    size: int
    sha256: str


def export(settings: Settings, wish: Wish) -> Exported:
    """Write the event log of the newest build; the caller holds the run lock, so that nothing is forgotten meanwhile.

    Raises:
        ExportRefused: ground, place or choice are not as they must be, or nothing is chosen.
        BuildFailed: there is no build.
        GateFailed: what was written is not what the standard or the build says.
        StorageFailed: the disk.
    """
    nature = nature_of(settings)
    _demand_ground(wish, nature)
    with storage_errors(wish.file.parent):
        place = demand_place(settings, wish.file)
        built, record = build.current(settings)
        partial = place.with_name(f".{place.name}.partial")
        try:
            # Locked down as the release is for its readers: a query can read no other file and write none.
            with duckdb.connect(str(built), **LOCK_DOWN) as connection:
                counts = _write(connection, partial, wish, str(record["build_id"]), nature)
            done = Exported(place, counts, partial.stat().st_size, sha256_of(partial))
            ledger.note(settings, _entry(done, wish, str(record["build_id"]), nature))
            _put(partial, place)
        finally:
            partial.unlink(missing_ok=True)
        to_disk(place.parent)
    return done


def nature_of(settings: Settings) -> str:
    """The strictest nature of what this home took; a home whose ledger is gone passes for confidential."""
    found = {row["nature"] for row in lake.accepted(settings)}
    return next((nature for nature in STRICTEST_FIRST if nature in found), CONFIDENTIAL)


def _demand_ground(wish: Wish, nature: str) -> None:
    for option, given in (("--purpose", wish.purpose), ("--person", wish.person)):
        if not given.strip():
            raise refused(option, "is empty", "say what the log is for, and who takes it")
    if nature == CONFIDENTIAL and not wish.permit.strip():
        raise refused(
            "--permit",
            "this home holds confidential data, and no permit is named",
            "name the permit or decision that allows this analysis",
        )


def _write(connection: duckdb.DuckDBPyConnection, partial: Path, wish: Wish, build_id: str, nature: str) -> Counts:
    """Write, check and count one log in a file that is not yet in its place."""
    try:
        cases.demand_known(connection, wish.choice)
        expected = cases.count(connection, wish.choice)
        until, labels = cases.as_of(connection), cases.labels(connection)
    except duckdb.CatalogException:
        raise refused("the warehouse", "the newest build has no tables of the Kela flow", "make run") from None
    if not expected.traces:
        raise refused("--from, --to, --type", "no case is chosen", "choose other months or types")
    keys = KEPT if wish.keep_keys else RANDOM
    head = Head(build_id, until, nature, NOTES[nature], keys, wish.choice, expected)
    with _new_file(partial, compressed=wish.file.name.endswith(".gz")) as stream:
        found = cases.read(connection, wish.choice, keep_keys=wish.keep_keys, expected=expected)
        write_log(stream, head, found, labels)
    written = check(partial, wish.file.name)
    if written != expected:
        raise GateFailed(
            wish.file.name,
            f"holds {written.traces} cases and {written.events} events, and the build has "
            f"{expected.traces} and {expected.events}",
            consequence="The event log was not put in its place.",
            remedy="tell whoever maintains avainvarasto/eventlog; what is published is unchanged",
        )
    return written


@contextmanager
def _new_file(path: Path, *, compressed: bool) -> Iterator[BinaryIO]:
    """A new file that only its owner may read, from its first moment; on the disk when it is closed."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as plain:
        if compressed:
            # Neither name nor time of the writing in the header: equal logs are equal files.
            with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=plain, mtime=0) as packed:
                yield cast(BinaryIO, packed)
        else:
            yield plain
        plain.flush()
        os.fsync(plain.fileno())


def _entry(done: Exported, wish: Wish, build_id: str, nature: str) -> dict[str, object]:
    choice = wish.choice
    return {
        "exported_at": datetime.now(HELSINKI).isoformat(timespec="seconds"),
        "person": wish.person.strip(),
        "account": ledger.account(),
        "purpose": wish.purpose.strip(),
        "permit": wish.permit.strip() or None,
        "file": done.file.name,
        "size": done.size,
        "sha256": done.sha256,
        "n_traces": done.counts.traces,
        "n_events": done.counts.events,
        "keys": KEPT if wish.keep_keys else RANDOM,
        "sent_from": f"{choice.sent_from:%Y-%m}" if choice.sent_from else None,
        "sent_to": f"{choice.sent_to:%Y-%m}" if choice.sent_to else None,
        "types": list(choice.types),
        "build_id": build_id,
        "nature": nature,
    }


def _put(partial: Path, place: Path) -> None:
    """Give the file its name; one that appeared there meanwhile stays."""
    try:
        os.link(partial, place)
    except FileExistsError:
        raise refused(place.name, "exists already, and no event log is overwritten", "give another name") from None

"""The home directory: what it may hold, its demo, and the lock that keeps a second run out."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from avainvarasto import lake
from avainvarasto.errors import HomeRefused, KeyFileError, RunInProgress
from avainvarasto.files import demand_room, size_of
from avainvarasto.pseudonymise import keys
from avainvarasto.release import withdrawal
from avainvarasto.rewrite import journal
from avainvarasto.settings import Settings

LEAST_ROOM = 50_000_000
DEMO_MARK = "DEMO-KEY"
# There while a restore is under way, and after one that was cut off.
RESTORE_MARK = "restore.json"


def is_empty(settings: Settings) -> bool:
    """True if no delivery ever came: landing and lake are both empty."""
    folders = (settings.landing, settings.lake)
    return not any(path for folder in folders for path in folder.glob("[!.]*"))


def holds_demo_key(settings: Settings) -> bool:
    """True if the key of this home is one of the demo's."""
    return (settings.keys / DEMO_MARK).exists() and settings.key_file is None


def keyring(settings: Settings) -> keys.Keyring:
    """The key ring with which this home's lake is made.

    Raises:
        KeyFileError: a key is missing or unusable, or the lake was made with another ring.
    """
    ring = keys.Keyring.load(settings.person_key_file)
    if {row["key_id"] for row in lake.accepted(settings)} - {ring.key_id}:
        raise KeyFileError(
            str(settings.person_key_file),
            "the lake was made with other keys than those that lie here: one was lost or exchanged",
            consequence="Nothing was read or written under these keys.",
            remedy="put all key files of this home back from their backup; docs/runbooks/the-key-file.md",
        )
    return ring


def make_demo_key(settings: Settings) -> None:
    """A key for made-up persons, unless the home has one.

    Raises:
        HomeRefused: the home took a confidential delivery once, or has a key that is not a demo key.
    """
    confidential = any(row["nature"] == "confidential" for row in lake.accepted(settings))
    foreign_key = settings.person_key_file.exists() and not holds_demo_key(settings)
    if confidential or foreign_key:
        raise HomeRefused(
            str(settings.home),
            "this home holds confidential deliveries or a key that is not the demo's",
            consequence="No demo data were written.",
            remedy="set AVAINVARASTO_HOME to a new folder for the demo",
        )
    if not settings.person_key_file.exists():
        settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        (settings.keys / DEMO_MARK).touch()
        keys.make_key(settings.person_key_file)


def prepare_demo(settings: Settings) -> list[Path]:
    """A demo key and the demo's deliveries.

    Returns:
        the delivery folders.

    Raises:
        HomeRefused: as `make_demo_key`.
    """
    from avainvarasto.synthetic.demo import deliver

    make_demo_key(settings)
    # Whole or not at all: a home with half of the demo would pass for one that has its deliveries.
    partial = settings.home / ".demo-partial"
    shutil.rmtree(partial, ignore_errors=True)
    folders = deliver(partial)
    shutil.rmtree(settings.landing, ignore_errors=True)
    partial.rename(settings.landing)
    return [settings.landing / folder.relative_to(partial) for folder in folders]


def demand_room_for_a_run(settings: Settings) -> None:
    """Stop a run that would fill the disk: it writes a build and a release anew, and works on what was delivered.

    Raises:
        StorageFailed: less is free than about twice of that.
    """
    newest = [*sorted((settings.warehouse / "builds").glob("[!.]*.duckdb"))[-1:]]
    written = sum(path.stat().st_size for path in newest) + size_of((settings.release / "current").resolve())
    demand_room(settings.home, LEAST_ROOM + 2 * (written + size_of(settings.landing)))


@contextmanager
def run_lock(settings: Settings, *, restoring: bool = False) -> Iterator[None]:
    """Hold the only right to write in this home; what a killed holder left half rewritten is settled first.

    The right is the operating system's lock on the file and ends with the process that holds it; what stands in the
    file only says who that is.

    Raises:
        RunInProgress: another process holds it; the message says since when, and whether its starter is gone.
        HomeRefused: a restore was cut off here, and this is not the one that finishes it.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "run.lock"
    with path.open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_progress(path, _holder(stream)) from None
        if not restoring and (settings.home / RESTORE_MARK).exists():
            raise HomeRefused(
                str(settings.home / RESTORE_MARK),
                "a restore into this home was not finished",
                consequence="Nothing was started.",
                remedy="give the same restore command again; it finishes what it began",
            )
        _say(stream, {"pid": os.getpid(), "since": datetime.now().astimezone().isoformat(timespec="seconds")})
        journal.recover(settings)
        withdrawal.finish(settings)
        yield


def _holder(stream: TextIO) -> dict[str, Any]:
    """Who wrote the file last; empty where nobody did or the text was cut short."""
    stream.seek(0)
    try:
        found = json.loads(stream.read() or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _say(stream: TextIO, holder: Mapping[str, Any]) -> None:
    stream.seek(0)
    stream.truncate()
    stream.write(json.dumps(holder))
    stream.flush()


def _in_progress(path: Path, holder: Mapping[str, Any]) -> RunInProgress:
    since, pid = holder.get("since", "a moment ago"), holder.get("pid")
    if isinstance(pid, int) and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
        return RunInProgress(
            str(path),
            f"the run of {since} (process {pid}) is gone, but something that it started still holds the lock",
            consequence="Nothing was started.",
            remedy=f"`fuser {path}` names that process: end it by its number, then run again; "
            "deleting the file mends nothing",
        )
    return RunInProgress(
        str(path),
        f"another run is in progress since {since} (process {pid or 'unknown'})",
        consequence="Nothing was started.",
        remedy="wait until it ends, or end that process; the lock goes with it",
    )

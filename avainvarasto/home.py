"""The home directory: what it may hold, its demo, and the lock that keeps a second run out."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from avainvarasto import lake
from avainvarasto.errors import HomeRefused, KeyFileError, RunInProgress
from avainvarasto.pseudonymise import keys
from avainvarasto.release import withdrawal
from avainvarasto.rewrite import journal
from avainvarasto.settings import Settings

_DEMO_MARK = "DEMO-KEY"


def is_empty(settings: Settings) -> bool:
    """True if no delivery ever came: landing and lake are both empty."""
    folders = (settings.landing, settings.lake)
    return not any(path for folder in folders for path in folder.glob("[!.]*"))


def holds_demo_key(settings: Settings) -> bool:
    """True if the key of this home is one of the demo's."""
    return (settings.keys / _DEMO_MARK).exists() and settings.key_file is None


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


def prepare_demo(settings: Settings) -> list[Path]:
    """A demo key and the demo's deliveries.

    Returns:
        the delivery folders.

    Raises:
        HomeRefused: the home took a confidential delivery once, or has a key that is not a demo key.
    """
    from avainvarasto.synthetic.demo import deliver

    confidential = any(row["nature"] == "confidential" for row in lake.accepted(settings))
    foreign_key = settings.person_key_file.exists() and not holds_demo_key(settings)
    if confidential or foreign_key:
        raise HomeRefused(
            str(settings.home),
            "this home holds confidential deliveries or a key that is not the demo's",
            consequence="No demo data were written.",
            remedy="set AVAINVARASTO_HOME to a new folder for the demo",
        )
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    (settings.keys / _DEMO_MARK).touch()
    keys.make_key(settings.person_key_file)
    return deliver(settings.landing)


@contextmanager
def run_lock(settings: Settings) -> Iterator[None]:
    """Hold the only right to write in this home; what a killed holder left half rewritten is settled first.

    Raises:
        RunInProgress: another process holds it; the message says since when.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "run.lock"
    with path.open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            holder = json.loads(stream.read() or "{}")
            raise RunInProgress(
                str(path),
                f"another run is in progress since {holder.get('since', 'a moment ago')} "
                f"(process {holder.get('pid', 'unknown')})",
                consequence="Nothing was started.",
                remedy="wait until it ends, or end that process; the lock goes with it",
            ) from None
        stream.seek(0)
        stream.truncate()
        stream.write(
            json.dumps({"pid": os.getpid(), "since": datetime.now().astimezone().isoformat(timespec="seconds")})
        )
        stream.flush()
        journal.recover(settings)
        withdrawal.finish(settings)
        yield

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
from avainvarasto.errors import HomeRefused, RunInProgress
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import Settings

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
    (settings.keys / DEMO_MARK).touch()
    keys.make_key(settings.person_key_file)
    return deliver(settings.landing)


@contextmanager
def run_lock(settings: Settings, *, restoring: bool = False) -> Iterator[None]:
    """Hold the only right to write in this home.

    Raises:
        RunInProgress: another process holds it; the message says since when.
        HomeRefused: a restore was cut off here, and this is not the one that finishes it.
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
        if not restoring and (settings.home / RESTORE_MARK).exists():
            raise HomeRefused(
                str(settings.home / RESTORE_MARK),
                "a restore into this home was not finished",
                consequence="Nothing was started.",
                remedy="give the same restore command again; it finishes what it began",
            )
        stream.seek(0)
        stream.truncate()
        stream.write(
            json.dumps({"pid": os.getpid(), "since": datetime.now().astimezone().isoformat(timespec="seconds")})
        )
        stream.flush()
        yield

"""A backup goes into an empty home.

Everything is written into one folder of the home first and then moved into place, zone by zone, the lake with its
ledger last. A mark in the home says how far that came, and keeps every run out until it is gone: whatever cuts the
restore off, giving it again begins anew or finishes the moves.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from avainvarasto.backup.contents import place
from avainvarasto.backup.record import Record, restore_refused
from avainvarasto.backup.streams import new_file
from avainvarasto.backup.verify import Backup, members, refuse_other_key, verified
from avainvarasto.errors import BackupRefused
from avainvarasto.files import storage_errors, to_disk
from avainvarasto.home import RESTORE_MARK, run_lock
from avainvarasto.release import activate
from avainvarasto.settings import Settings

# Inside the home: a home may be a disk of its own, and only inside it a move is one step.
_UNPACKED = ".restore"
_UNPACKING, _MOVING = "unpacking", "moving"


def restore(settings: Settings, record_file: Path, keys_archive: Path | None = None) -> Record:
    """Put a backup into the empty home, or finish a restore that was cut off.

    Returns:
        the record of the backup.

    Raises:
        BackupRefused: the backup is incomplete or damaged, or the home holds something.
        RunInProgress: a run holds the home.
        StorageFailed: the disk is full, or a file cannot be read or written.
    """
    with storage_errors(settings.home), run_lock(settings, restoring=True):
        earlier = _earlier(settings)
        if earlier.get("state") != _MOVING:
            _refuse_a_home_in_use(settings)
        backup = verified(record_file, keys_archive)
        refuse_other_key(settings, backup)
        if earlier.get("state") != _MOVING:
            with _marked(settings, backup):
                _unpack(settings, backup)
        elif earlier["record_sha256"] != backup.record_sha256:
            raise _of_another(settings, str(earlier["record"]))
        _move_into_place(settings)
        _clear(settings.home / _UNPACKED)
        (settings.home / RESTORE_MARK).unlink()
        to_disk(settings.home)
    return backup.record


def _earlier(settings: Settings) -> dict[str, Any]:
    mark = settings.home / RESTORE_MARK
    return json.loads(mark.read_text(encoding="utf-8")) if mark.exists() else {}


def _of_another(settings: Settings, record: str) -> BackupRefused:
    return BackupRefused(
        str(settings.home),
        f"the restore of another backup ({record}) was not finished here",
        consequence="Nothing more was restored.",
        remedy="finish that one first, or take a new, empty home",
    )


def _refuse_a_home_in_use(settings: Settings) -> None:
    zones = (
        settings.landing,
        settings.lake,
        settings.restricted,
        settings.quarantine,
        settings.release,
        settings.warehouse,
        settings.keys,
    )
    for zone in zones:
        if zone.is_symlink() or (zone.exists() and zone.stat().st_dev != settings.home.stat().st_dev):
            raise restore_refused(
                str(zone),
                "is a link or another disk, and a restore moves whole folders into place",
                "restore into a home on one disk (AVAINVARASTO_HOME), then move that folder",
            )
        if any(path.is_symlink() or not path.is_dir() for path in zone.rglob("*")):
            raise restore_refused(
                str(zone),
                "is not empty, and a backup is restored into an empty home only",
                "set AVAINVARASTO_HOME to a new folder; a demo home and its key count as something too",
            )


@contextmanager
def _marked(settings: Settings, backup: Backup) -> Iterator[None]:
    """The mark says `unpacking` inside and `moving` after; trouble inside leaves an empty home."""
    mark, unpacked = settings.home / RESTORE_MARK, settings.home / _UNPACKED
    about = {"record": f"of {backup.record.taken_at}", "record_sha256": backup.record_sha256}
    _write_mark(mark, {"state": _UNPACKING} | about)
    try:
        _clear(unpacked)
        yield
        _write_mark(mark, {"state": _MOVING} | about)
    except BaseException:
        shutil.rmtree(unpacked, ignore_errors=True)
        mark.unlink()
        raise


def _write_mark(mark: Path, content: dict[str, str]) -> None:
    """On the disk before anything is done that relies on it."""
    partial = mark.with_name(f".{mark.name}.partial")
    partial.unlink(missing_ok=True)
    with new_file(partial, 0o600) as stream:
        stream.write(json.dumps(content).encode())
    partial.rename(mark)
    to_disk(mark.parent)


def _clear(unpacked: Path) -> None:
    if unpacked.exists():
        shutil.rmtree(unpacked)


def _unpacked(settings: Settings) -> Settings:
    """The folder of unpacked files as a small home."""
    return settings.model_copy(update={"home": settings.home / _UNPACKED, "key_file": None})


def _unpack(settings: Settings, backup: Backup) -> None:
    small = _unpacked(settings)
    small.home.mkdir(mode=0o700)
    archive = backup.record.archives.data
    for name, info, content in members(backup.data_archive, archive, "data"):
        target = place(small, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with new_file(target, 0o600) as stream:
            shutil.copyfileobj(content, stream)
        target.chmod(0o444 if name.startswith("release/") else info.mode & 0o666 | 0o600)
    small.keys.mkdir(mode=0o700)
    for name, key in backup.keys.items():
        target = place(small, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with new_file(target, 0o400 if name.startswith("keys/person.key") else 0o600) as stream:
            stream.write(key)
    if active := backup.record.active_release:
        activate.point_current(small, small.release / active)
    for folder in small.home.rglob("*"):
        if folder.is_dir() and not folder.is_symlink():
            to_disk(folder)


def _move_into_place(settings: Settings) -> None:
    """Each move is one step and is left out when it is done, so that this can be called again at any point of it."""
    small = _unpacked(settings)
    _move(small.quarantine, settings.quarantine)
    _move(small.restricted, settings.restricted)
    _move(small.release, settings.release)
    _move(small.aliases_file.parent, settings.aliases_file.parent)
    settings.person_key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.keys.chmod(0o700)
    for path in sorted(small.keys.glob("*")):
        _move_key(path, place(settings, f"keys/{path.name}"))
    _move(small.lake, settings.lake)


def _move(source: Path, target: Path) -> None:
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    for empty in sorted(target.rglob("*"), reverse=True):
        empty.rmdir()
    source.rename(target)
    to_disk(target.parent)


def _move_key(source: Path, target: Path) -> None:
    """A key file may be kept on another disk than the home, and may lie there already."""
    if target.exists() and source.read_bytes() == target.read_bytes():
        source.unlink()
        return
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = target.with_name(f".{target.name}.partial")
        partial.unlink(missing_ok=True)
        with new_file(partial, 0o400) as stream:
            stream.write(source.read_bytes())
        partial.rename(target)
        source.unlink()
    to_disk(target.parent)

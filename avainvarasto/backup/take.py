"""A backup is taken: two archives, one of data and one of keys, and last the record that makes them one."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from avainvarasto import lake
from avainvarasto.backup.contents import ZONES, data_files, key_files, refused
from avainvarasto.backup.record import Archive, Archives, Member, Record
from avainvarasto.backup.streams import Summed, new_file
from avainvarasto.errors import KeyFileError
from avainvarasto.files import storage_errors, to_disk
from avainvarasto.home import run_lock
from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.pseudonymise.keys import Keyring
from avainvarasto.release import activate
from avainvarasto.settings import Settings

_OF = ("avainvarasto", "duckdb", "pyarrow")


def back_up(settings: Settings, folder: Path) -> Path:
    """Write a backup of the home into `folder`, whole or not at all.

    Returns:
        its record; the archives lie beside it.

    Raises:
        RunInProgress: a run holds the home.
        BackupRefused: the folder is not there or inside the home, the home has no good key, or a file of the lake is
            not the one that was accepted.
        StorageFailed: the disk is full, or a file cannot be read or written.
    """
    _refuse_folder(settings, folder)
    with run_lock(settings), storage_errors(folder):
        try:
            key_id = Keyring.load(settings.person_key_file).key_id
        except KeyFileError as error:
            raise refused(error.where, error.problem, error.remedy) from None
        data, key_members = data_files(settings), key_files(settings)
        names = _free_names(folder)
        partials = {kind: folder / f".{name}.partial" for kind, name in names.items()}
        try:
            archives = Archives(
                data=_write(partials["data"], names["data"], data, summed=True),
                keys=_write(partials["keys"], names["keys"], key_members, summed=False),
            )
            _refuse_decay(settings, archives.data)
            _write_record(partials["record"], _record(settings, key_id, archives))
            for kind in ("data", "keys", "record"):  # without its record a backup is none
                partials[kind].rename(folder / names[kind])
            to_disk(folder)
        finally:
            for partial in partials.values():
                partial.unlink(missing_ok=True)
    return folder / names["record"]


def _refuse_folder(settings: Settings, folder: Path) -> None:
    if not folder.is_dir():
        raise refused(str(folder), "there is no such folder", "make it, or mount the disk that holds it")
    inside = [settings.home, settings.landing, settings.keys, *(settings.home / zone for zone in ZONES)]
    if any(folder.resolve().is_relative_to(place.resolve()) for place in inside):
        raise refused(
            str(folder),
            "lies inside the home that is to be backed up",
            "name a folder outside the home, best on another disk",
        )


def _free_names(folder: Path) -> dict[str, str]:
    moment = datetime.now(HELSINKI)
    while True:
        stem = f"avainvarasto-{moment:%Y%m%dT%H%M%S}"
        names = {"data": f"{stem}-data.tar", "keys": f"{stem}-keys.tar", "record": f"{stem}.json"}
        if not any((folder / part).exists() for name in names.values() for part in (name, f".{name}.partial")):
            return names
        moment += timedelta(seconds=1)


def _write(partial: Path, name: str, files: Mapping[str, Path], *, summed: bool) -> Archive:
    members = {}
    with new_file(partial, 0o600) as stream:
        out = Summed(stream)
        with tarfile.open(fileobj=cast(Any, out), mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for member, path in files.items():
                info = tarfile.TarInfo(member)
                stat = path.stat()
                info.size, info.mtime, info.mode = stat.st_size, int(stat.st_mtime), stat.st_mode & 0o666
                with path.open("rb") as source:
                    content = Summed(source)
                    archive.addfile(info, cast(Any, content))
                members[member] = Member(size=info.size, sha256=content.sha256 if summed else None)
    return Archive(file=name, size=out.size, sha256=out.sha256, members=members)


def _refuse_decay(settings: Settings, data: Archive) -> None:
    """A damaged lake must not push good backups out: its files are held against the ledger."""
    for row in lake.accepted(settings):
        path = lake.lake_file(settings, row["source"], row["extract"], row["delivery_id"], row["file"])
        member = data.members.get(path.relative_to(settings.home).as_posix())
        if member is None or member.sha256 != row["lake_sha256"]:
            raise refused(
                str(path),
                "is not the file that was accepted, or is gone",
                "put it back from an earlier backup, and look at the disk",
            )


def _record(settings: Settings, key_id: str, archives: Archives) -> Record:
    kept = activate.releases(settings)
    return Record(
        taken_at=datetime.now(HELSINKI).isoformat(timespec="seconds"),
        lake_state=lake.lake_state(settings),
        key_id=key_id,
        natures=sorted({row["nature"] for row in lake.accepted(settings)}),
        releases=[release_id for release_id, _, _ in kept],
        active_release=next((release_id for release_id, _, active in kept if active), None),
        versions={name: version(name) for name in _OF},
        archives=archives,
    )


def _write_record(partial: Path, record: Record) -> None:
    with new_file(partial, 0o600) as stream:
        stream.write((record.model_dump_json(indent=2) + "\n").encode())

"""A backup is held against its record before a byte of it is written anywhere."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from avainvarasto.backup.contents import ALIASES, BELONGS, KEY, MARK, place
from avainvarasto.backup.record import Archive, Record, read_record, restore_refused
from avainvarasto.backup.streams import Summed
from avainvarasto.files import sha256_of
from avainvarasto.pseudonymise.keys import KEY_BYTES, Keyring, rotation_file
from avainvarasto.settings import Settings

_ANOTHER_COPY = "take another copy of this backup, or an earlier backup"
_PIECE = 1 << 20


@dataclass(frozen=True)
class Backup:
    """A backup whose record and archives agree; the few small files of keys are in memory."""

    record: Record
    record_sha256: str
    data_archive: Path
    keys: dict[str, bytes]


def verified(record_file: Path, keys_archive: Path | None = None) -> Backup:
    """The backup of a record, with every checksum compared.

    Args:
        keys_archive: where the keys archive is kept, if not beside the record.

    Raises:
        BackupRefused: something is missing, damaged, not of this backup, or would land where nothing of a backup goes.
    """
    record = read_record(record_file)
    archives = record.archives
    data_file = record_file.parent / archives.data.file
    keys_file = keys_archive or record_file.parent / archives.keys.file
    for path, archive in ((data_file, archives.data), (keys_file, archives.keys)):
        _compare_whole(path, archive)
    for _name, _info, content in members(data_file, archives.data, "data"):
        while content.read(_PIECE):
            pass
    keys = {name: content.read() for name, _info, content in members(keys_file, archives.keys, "keys")}
    _compare_ring(keys_file, keys, record)
    _compare_release(record_file, record)
    return Backup(record, sha256_of(record_file), data_file, keys)


def members(path: Path, archive: Archive, kind: str) -> Iterator[tuple[str, tarfile.TarInfo, Summed]]:
    """The files of an archive one by one; each is compared with the record when the next is asked for.

    Raises:
        BackupRefused: a member is no plain file of a known zone, is not in the record, or differs from it; or one of
            the record is missing.
    """
    seen = set()
    with _readable(path), tarfile.open(path, "r:") as opened:
        for info in opened:
            if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.issparse():
                raise restore_refused(str(path), "holds something that is no plain file", _ANOTHER_COPY)
            if not BELONGS[kind](info.name):
                raise restore_refused(str(path), "holds a file that belongs to no zone of a home", _ANOTHER_COPY)
            member = archive.members.get(info.name)
            source = opened.extractfile(info)
            if member is None or source is None or info.name in seen:
                raise restore_refused(str(path), "holds a file that its record does not name", _ANOTHER_COPY)
            seen.add(info.name)
            content = Summed(source)
            yield info.name, info, content
            if content.size != member.size or member.sha256 not in (content.sha256, None):
                raise restore_refused(f"{path}: {info.name}", "is not the file that its record names", _ANOTHER_COPY)
            if kind == "data" and member.sha256 is None:
                raise restore_refused(f"{path}: {info.name}", "has no checksum in the record", _ANOTHER_COPY)
    if missing := sorted(set(archive.members) - seen):
        raise restore_refused(f"{path}: {missing[0]}", "is in the record and not in the archive", _ANOTHER_COPY)


def refuse_other_key(settings: Settings, backup: Backup) -> None:
    """A key file outside the home may lie there already; it must be the one of the backup.

    Raises:
        BackupRefused: another key lies there, or the backup's is a demo key, which goes to no such place.
    """
    if settings.key_file is None:
        return
    if MARK in backup.keys:
        raise restore_refused(
            "AVAINVARASTO_KEY_FILE", "names the controller's key, and this backup has a demo key", "unset it"
        )
    ring = [name for name in backup.keys if name not in (MARK, ALIASES)]
    targets = {place(settings, name): backup.keys[name] for name in ring}
    other = any(path.exists() and path.read_bytes() != key for path, key in targets.items())
    if other or rotation_file(settings.key_file, len(ring) + 1).exists():
        raise restore_refused(
            str(settings.key_file),
            "holds another key than the backup",
            "name a file that is not there, or the right key",
        )


def _compare_whole(path: Path, archive: Archive) -> None:
    if not path.is_file():
        raise restore_refused(
            str(path), "this archive of the backup is not here", "put it there, or name the keys archive with --keys"
        )
    if path.stat().st_size != archive.size or sha256_of(path) != archive.sha256:
        raise restore_refused(
            str(path), "is damaged, or the archive of another backup: its checksum is not the record's", _ANOTHER_COPY
        )


def _compare_ring(path: Path, keys: dict[str, bytes], record: Record) -> None:
    ring = [keys.get(KEY, b"")]
    while f"{KEY}.{len(ring) + 1}" in keys:
        ring.append(keys[f"{KEY}.{len(ring) + 1}"])
    if len(ring) != len(keys.keys() - {MARK, ALIASES}) or any(len(key) != KEY_BYTES for key in ring):
        raise restore_refused(str(path), "does not hold the whole ring of keys", _ANOTHER_COPY)
    if Keyring(tuple(ring)).key_id != record.key_id:
        raise restore_refused(
            str(path), "holds the key of another home", "name the keys archive that was made with this data archive"
        )


def _compare_release(path: Path, record: Record) -> None:
    held = {name.split("/")[1] for name in record.archives.data.members if name.startswith("release/")}
    if not {*record.releases, record.active_release} - {None} <= held:
        raise restore_refused(str(path), "names a release that is not in the archive", _ANOTHER_COPY)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise restore_refused(
            str(path), f"cannot be read as an archive ({type(error).__name__})", _ANOTHER_COPY
        ) from None

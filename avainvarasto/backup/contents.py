"""What a backup holds, and under which name: the same in the record and in the archive, found again in any home."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from avainvarasto.errors import BackupRefused
from avainvarasto.home import DEMO_MARK, holds_demo_key
from avainvarasto.pseudonymise.keys import rotation_file
from avainvarasto.settings import Settings

ZONES = ("lake", "restricted", "quarantine", "release")
# What a run throws away or makes again; what waits there never counted.
HALF_DONE = ("_pending", "_rewrite", "_candidate", "_estimates")
LINKS = ("release/current", "release/current.duckdb")
KEY = "keys/person.key"
MARK = f"keys/{DEMO_MARK}"
ALIASES = "aliases/aliases.csv"
_KEY_NAME = re.compile(r"keys/person\.key(\.([2-9]|[1-9]\d+))?")


def is_data(name: str) -> bool:
    """True if a file of this name may stand in the data archive."""
    parts = name.split("/")
    return (
        len(parts) > 1
        and parts[0] in ZONES
        and parts[1] not in HALF_DONE
        and name not in LINKS
        and "\\" not in name
        and not any(part in ("", "..") or part.startswith(".") for part in parts)
        and PurePosixPath(name).as_posix() == name
    )


def is_key(name: str) -> bool:
    """True if a file of this name may stand in the keys archive."""
    return name in (MARK, ALIASES) or _KEY_NAME.fullmatch(name) is not None


BELONGS: Mapping[str, Callable[[str], bool]] = {"data": is_data, "keys": is_key}


def data_files(settings: Settings) -> dict[str, Path]:
    """Files of the data archive by name.

    Raises:
        BackupRefused: a zone holds a link or something else that is no file.
    """
    found = {}
    for zone in ZONES:
        for path in sorted((settings.home / zone).rglob("*")):
            name = path.relative_to(settings.home).as_posix()
            if not is_data(name) or (path.is_dir() and not path.is_symlink()):
                continue
            if path.is_symlink() or not path.is_file():
                raise refused(
                    str(path),
                    "is a link or no plain file, and would not come back from a backup",
                    "put the file itself there",
                )
            found[name] = path
    return found


def key_files(settings: Settings) -> dict[str, Path]:
    """Files of the keys archive by name; the key's name there does not depend on what the home calls it."""
    found = {KEY: settings.person_key_file}
    while (following := rotation_file(settings.person_key_file, len(found) + 1)).exists():
        found[f"{KEY}.{len(found) + 1}"] = following
    if holds_demo_key(settings):
        found[MARK] = settings.keys / DEMO_MARK
    if settings.aliases_file.exists():
        found[ALIASES] = settings.aliases_file
    return found


def place(settings: Settings, name: str) -> Path:
    """Where the file of this name lies in a home."""
    if name == ALIASES:
        return settings.aliases_file
    if name == MARK:
        return settings.keys / DEMO_MARK
    if is_key(name):
        return settings.person_key_file.with_name(settings.person_key_file.name + name.removeprefix(KEY))
    return settings.home / name


def refused(where: str, problem: str, remedy: str) -> BackupRefused:
    """A backup that is not made."""
    return BackupRefused(where, problem, consequence="No backup was made.", remedy=remedy)

"""The record of a backup: the JSON file that names its archives, their checksums and what the home was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from avainvarasto.errors import BackupRefused

NOTHING_RESTORED = "Nothing was restored; the home is as it was."
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PlainName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Member(_Part):
    """A file of an archive.

    Keys and aliases have no checksum of their own here: who has a short table's hash can find the table by trying
    identity codes. The checksum of their archive covers them, and nobody can try the keys that it covers too.
    """

    size: int = Field(ge=0)
    sha256: Sha256 | None = None


class Archive(_Part):
    """One archive as it was written."""

    file: PlainName
    size: int = Field(ge=0)
    sha256: Sha256
    members: dict[str, Member]


class Archives(_Part):
    data: Archive
    keys: Archive


class Record(_Part):
    """What was taken, when, from which state and by which versions."""

    format: Literal[1] = 1
    taken_at: str
    lake_state: str
    key_id: str
    natures: list[str]
    releases: list[str]
    active_release: str | None
    versions: dict[str, str]
    archives: Archives


def read_record(path: Path) -> Record:
    """The record in a file.

    Raises:
        BackupRefused: there is no such file, or it is no record of a backup.
    """
    if not path.is_file():
        raise restore_refused(str(path), "there is no such record of a backup", "name the .json file of a backup")
    try:
        return Record.model_validate_json(path.read_bytes())
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the file"
        raise restore_refused(
            str(path), f"is not the record of a backup ({where} is not as it must be)", "take another copy of it"
        ) from None


def restore_refused(where: str, problem: str, remedy: str) -> BackupRefused:
    """A backup that is not restored."""
    return BackupRefused(where, problem, consequence=NOTHING_RESTORED, remedy=remedy)

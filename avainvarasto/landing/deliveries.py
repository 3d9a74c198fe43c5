"""Delivery folders: what has arrived, and whether it is what its delivery.yml says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from avainvarasto.contracts import Contract, Source
from avainvarasto.errors import DeliveryRefused
from avainvarasto.files import sha256_of

MANIFEST = "delivery.yml"
PACKAGES = ("datapackage.json", "package.json")  # the second is what Kela calls it
MANIFEST_BYTES = 200_000  # some thousand files; reading more as YAML would hold the night up
UNREADABLE = "unreadable"
_GIVE_RIGHTS = "give the account that runs the night the right to read it, or send it again"
HELSINKI = ZoneInfo("Europe/Helsinki")
_FILE_NAME = re.compile(r"[a-z0-9_.][a-z0-9_./-]*")
LIKE_A_CODE = re.compile(r"[0-9]{6}[-+A-FU-Ya-fu-y][0-9]{3}[0-9A-Ya-y]")
_DELIVERY_ID = re.compile(r"(?!.*" + LIKE_A_CODE.pattern + r")[0-9A-Za-z][0-9A-Za-z_-]*")
NOTHING_LOADED = "Nothing of this delivery was loaded; what was published stays as it was."
Nature = Literal["synthetic", "public", "confidential"]


class _References(yaml.YAMLError):
    """A few lines of references can unfold to more than a memory holds."""


class _PlainLoader(yaml.SafeLoader):
    """Safe YAML without references to lists and mappings; a writer may refer to a date that it wrote before."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            known = self.anchors.get(self.peek_event().anchor)  # type: ignore[no-untyped-call]
            if not isinstance(known, yaml.ScalarNode):
                raise _References
        return super().compose_node(parent, index)


def _plausible(day: date) -> bool:
    """Days near the ends of the calendar cannot be moved to another zone or month."""
    return 1900 <= day.year <= 2200


class Period(BaseModel):
    """Whole months, both ends inclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    start: date
    end: date

    @model_validator(mode="before")
    @classmethod
    def _from_and_to(cls, given: object) -> object:
        if isinstance(given, dict) and set(given) == {"from", "to"}:
            return {"start": given["from"], "end": given["to"]}
        raise ValueError("period takes exactly 'from' and 'to'")

    @model_validator(mode="after")
    def _whole_months(self) -> Period:
        if not _plausible(self.start) or not _plausible(self.end):
            raise ValueError("a period lies between 1900 and 2200")
        if self.start.day != 1 or (self.end + timedelta(days=1)).day != 1 or self.end < self.start:
            raise ValueError("a period is whole months")
        return self


class DeliveredFile(BaseModel):
    """One file of a delivery."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    extract: str
    path: str
    sha256: str
    rows: int


class Manifest(BaseModel):
    """The delivery.yml of a delivery."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nature: Nature
    source: Source
    delivery_id: str
    supplier: str
    created_at: datetime
    period: Period | None = None
    replaces: str | None = None
    files: list[DeliveredFile]

    @field_validator("replaces")
    @classmethod
    def _an_id(cls, value: str | None) -> str | None:
        if value is not None and not _DELIVERY_ID.fullmatch(value):
            raise ValueError("replaces takes a delivery_id or null")
        return value

    @field_validator("created_at")
    @classmethod
    def _with_offset(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("created_at needs an offset from UTC")
        if not _plausible(value):
            raise ValueError("created_at lies between 1900 and 2200")
        return value

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day of the period."""
        return (self.period.start, self.period.end) if self.period else None

    @property
    def created_local(self) -> datetime:
        """created_at as Helsinki wall time without zone."""
        return self.created_at.astimezone(HELSINKI).replace(tzinfo=None)


@dataclass(frozen=True)
class Arrival:
    """A folder with a delivery.yml, not yet looked into.

    `folder_state` changes when a file of the folder is written, taken away or given other rights.
    """

    folder: Path
    source: str
    delivery_id: str
    manifest_sha256: str
    folder_state: str

    @property
    def name(self) -> str:
        return f"{self.source}/{self.delivery_id}"


@dataclass(frozen=True)
class Delivery:
    """A delivery whose manifest and checksums hold."""

    arrival: Arrival
    manifest: Manifest

    def file_path(self, file: DeliveredFile) -> Path:
        return self.arrival.folder / file.path


def find_arrivals(landing: Path) -> tuple[list[Arrival], list[str]]:
    """Delivery folders under `<landing>/<source>/<delivery_id>`, oldest name first.

    Names of folders are published, so one that is no delivery id is not opened and not quoted.

    Returns:
        the arrivals, and the names of folders that have no delivery.yml yet or cannot be looked into.
    """
    arrivals, unfinished = [], []
    for folder in _folders(landing, hidden="._"):  # '_' is for what the house keeps there itself
        source = folder.name if folder.name in get_args(Source) else None
        try:
            inside = _folders(folder)
        except PermissionError:
            unfinished.append(f"{source or 'a folder'} (closed to the account that runs the night)")
            continue
        for delivery in inside:
            if source is None or not _DELIVERY_ID.fullmatch(delivery.name):
                unfinished.append("a folder whose name is not <source>/<delivery_id> in plain letters")
            elif _is_there(delivery / MANIFEST):
                arrivals.append(_arrival(delivery))
            else:
                unfinished.append(f"{source}/{delivery.name}")
    return arrivals, unfinished


def _folders(place: Path, hidden: str = ".") -> list[Path]:
    """Folders in a place but those whose name begins with one of `hidden`."""
    if not place.is_dir():
        return []
    return sorted(path for path in place.iterdir() if path.name[0] not in hidden and path.is_dir())


def _is_there(manifest: Path) -> bool:
    """True also where the folder is closed to us: it is opened, and then refused with its reason."""
    try:
        return manifest.is_file()
    except PermissionError:
        return True


def _arrival(folder: Path) -> Arrival:
    try:
        digest = sha256_of(folder / MANIFEST)
    except OSError:
        digest = UNREADABLE
    return Arrival(folder, folder.parent.name, folder.name, digest, _state_of(folder))


def _state_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in [folder, *sorted(folder.rglob("*"))]:
        name = path.relative_to(folder).as_posix()
        try:
            about = path.lstat()
        except OSError:
            digest.update(f"{name}\x00{UNREADABLE}\n".encode())
            continue
        written = "" if path == folder else f"{about.st_size}\x00{about.st_mtime_ns}\x00"
        digest.update(f"{name}\x00{written}{about.st_mode}\n".encode())
    return digest.hexdigest()


def open_delivery(arrival: Arrival, contracts: Mapping[str, Contract]) -> Delivery:
    """Read the manifest and hold every file against it.

    Raises:
        DeliveryRefused: the manifest is malformed or names another place, an extract is unknown or not of this
            source, a file is missing, unreadable, outside the folder, unnamed, or its checksum differs.
    """
    try:
        return _opened(arrival, contracts)
    except PermissionError as error:
        raise _refuse(arrival.name, f"cannot be read ({error.strerror})", _GIVE_RIGHTS) from None


def _opened(arrival: Arrival, contracts: Mapping[str, Contract]) -> Delivery:
    for path in (arrival.folder.parent, arrival.folder, arrival.folder / MANIFEST):
        if path.is_symlink():
            raise _refuse(
                f"{arrival.name}/{MANIFEST}",
                "is reached over a symbolic link",
                "deliver the folder and its files themselves",
            )
    manifest = _read_manifest(arrival)
    if (manifest.source, manifest.delivery_id) != (arrival.source, arrival.delivery_id):
        raise _refuse(
            f"{arrival.name}/{MANIFEST}",
            "source or delivery_id differs from the folder's name",
            "name the folder <source>/<delivery_id> as delivery.yml says",
        )
    if not manifest.files:
        raise _refuse(f"{arrival.name}/{MANIFEST}", "names no file", "list the files of the delivery")
    extracts = [file.extract for file in manifest.files]
    if doubled := sorted({extract for extract in extracts if extracts.count(extract) > 1}):
        raise _refuse(
            f"{arrival.name}/{MANIFEST}",
            f"the extract '{doubled[0]}' stands in it twice, and only one file of a delivery can count",
            "put its rows into one file",
        )
    for file in manifest.files:
        _check_file(arrival, manifest, file, contracts)
    _one_kind_of_person_key(arrival, [contracts[extract] for extract in extracts])
    named = {file.path for file in manifest.files} | {MANIFEST} | _descriptions(manifest, contracts)
    inside = (path for path in arrival.folder.rglob("*") if not path.is_dir() and not path.name.startswith("."))
    unnamed = sorted(path.relative_to(arrival.folder).as_posix() for path in inside)
    if extra := [path for path in unnamed if path not in named]:
        raise _refuse(
            f"{arrival.name}/{MANIFEST}",
            f"{len(extra)} file(s) of the folder are not named in it",
            "name every file in delivery.yml or take the others away",
        )
    return Delivery(arrival, manifest)


def _descriptions(manifest: Manifest, contracts: Mapping[str, Contract]) -> set[str]:
    """Files that may lie beside a data package's table without being named: the reader holds them against it."""
    tables = [
        PurePosixPath(file.path)
        for file in manifest.files
        if contracts[file.extract].as_written_by(manifest.supplier).reader.format == "datapackage"
    ]
    return {(path.parent / name).as_posix() for path in tables for name in PACKAGES}


def reopen_delivery(folder: Path) -> Delivery:
    """A delivery that `open_delivery` has accepted before; checksums are not taken again."""
    arrival = _arrival(folder)
    return Delivery(arrival, _read_manifest(arrival))


def _read_manifest(arrival: Arrival) -> Manifest:
    place = f"{arrival.name}/{MANIFEST}"
    try:
        path = arrival.folder / MANIFEST
        if path.stat().st_size > MANIFEST_BYTES:
            raise _refuse(place, f"is larger than {MANIFEST_BYTES} bytes", "write nothing into it but what is agreed")
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_PlainLoader)  # noqa: S506 - a safe loader
        return Manifest.model_validate(content)
    except OSError as error:
        raise _refuse(place, f"cannot be read ({error.strerror})", _GIVE_RIGHTS) from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        at = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise _refuse(
            place,
            f"{at}: {first['msg'].removeprefix('Value error, ')}",
            "write the key as agreed for deliveries; quote ids that look like dates or numbers",
        ) from None
    except _References:
        raise _refuse(place, "holds references ('&' and '*') to lists or mappings", "write every value out") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refuse(place, f"is not readable as YAML ({type(error).__name__})", "write it again") from None


def _one_kind_of_person_key(arrival: Arrival, contracts: list[Contract]) -> None:
    """Codes and their replacements side by side would be the key to a permit authority's pseudonyms."""
    kinds = {c.columns[name].holds_ready_pseudonym for c in contracts for name in c.identifiers()}
    if len(kinds) > 1:
        raise _refuse(
            f"{arrival.name}/{MANIFEST}",
            "some of its extracts hold identity codes and others a permit authority's pseudonyms",
            "deliver the two apart",
        )


def _check_file(arrival: Arrival, manifest: Manifest, file: DeliveredFile, contracts: Mapping[str, Contract]) -> None:
    place = f"{arrival.name}/{file.path}"
    contract = contracts.get(file.extract)
    if contract is None:
        known = ", ".join(n for n, c in contracts.items() if c.source == manifest.source and not c.part_of) or "none"
        raise _refuse(
            f"{arrival.name}/{MANIFEST}",
            f"the extract '{file.extract}' is unknown; known of {manifest.source}: {known}",
            "correct the name, or add a contract under expectations/contracts",
        )
    if contract.part_of:
        raise _refuse(
            f"{arrival.name}/{MANIFEST}",
            f"'{file.extract}' is a part of '{contract.part_of}' and is not delivered by itself",
            f"name the file as extract '{contract.part_of}'",
        )
    if contract.source != manifest.source:
        raise _refuse(place, f"the extract '{file.extract}' is one of {contract.source}", "deliver it under its source")
    if contract.period_column and manifest.period is None:
        raise _refuse(f"{arrival.name}/{MANIFEST}", f"'{file.extract}' needs a period", "add period: {from, to}")
    relative = PurePosixPath(file.path)
    if relative.is_absolute() or ".." in relative.parts:
        raise _refuse(f"{arrival.name}/{MANIFEST}", "a path leads out of the delivery", "name files inside the folder")
    if not _FILE_NAME.fullmatch(file.path) or LIKE_A_CODE.search(file.path):
        raise _refuse(
            f"{arrival.name}/{MANIFEST}",
            f"the name of the file of '{file.extract}' is published with its counts and is not in small letters",
            "name files with a-z, 0-9, '_', '-' and '.', after what they hold and never after a person",
        )
    path = arrival.folder / file.path
    if any(part.is_symlink() for part in [path, *path.parents][: len(relative.parts)]):
        raise _refuse(place, "is a symbolic link", "deliver the file itself")
    if not path.is_file():
        raise _refuse(place, "is named in delivery.yml but not there", "send the file, then delivery.yml last")
    try:
        digest = sha256_of(path)
    except OSError as error:
        raise _refuse(place, f"cannot be read ({error.strerror})", _GIVE_RIGHTS) from None
    if digest != file.sha256.lower():
        raise _refuse(
            place,
            "the checksum differs from delivery.yml: the file changed or is not complete",
            "send the delivery again under a new delivery_id",
        )


def _refuse(where: str, problem: str, remedy: str) -> DeliveryRefused:
    return DeliveryRefused(where, problem, consequence=NOTHING_LOADED, remedy=remedy)

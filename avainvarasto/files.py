"""Small file habits shared by the stages: hashes, files that appear whole or not at all, and what a disk refuses."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb

from avainvarasto.errors import StorageFailed
from avainvarasto.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
_QUOTED_PATH = re.compile(r"""["'](/[^"']+)["']""")
_FULL = "No space left on device"
_NEXT_TO_NOTHING = 2_000_000


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_tree(paths: Iterable[Path], root: Path) -> str:
    """Hex digest of several files with their names relative to `root`, independent of their order."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(root).as_posix()}\x00{sha256_of(path)}\n".encode())
    return digest.hexdigest()


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    partial.replace(path)


def to_disk(path: Path) -> None:
    """Make sure that a file, or what was renamed in a folder, is still there when the power goes."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def point_link(link: Path, target: Path) -> None:
    """Make `link` a relative symbolic link to `target`, replacing an old one in one step."""
    partial = link.with_name(f".{link.name}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(Path(*([".."] * _depth(link, target))) / target.relative_to(_common(link, target)))
    partial.replace(link)


def _common(link: Path, target: Path) -> Path:
    parent = link.parent
    while not target.is_relative_to(parent):
        parent = parent.parent
    return parent


def _depth(link: Path, target: Path) -> int:
    return len(link.parent.relative_to(_common(link, target)).parts)


@contextmanager
def storage_errors(place: Path) -> Iterator[None]:
    """Turn what the disk refuses into words; `place` is named where the error does not say which file it was.

    Raises:
        StorageFailed: the disk is full, or a file of the home cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        raise _disk(str(error.filename or place), error.strerror or str(error)) from error
    except duckdb.IOException as error:
        named = _QUOTED_PATH.search(str(error))
        raise _disk(named.group(1) if named else str(place), str(error).splitlines()[0]) from error
    except duckdb.OutOfMemoryException as error:
        raise _disk(str(place), str(error).splitlines()[0]) from error


def is_full(place: Path) -> bool:
    """True if next to nothing can be written where `place` lies."""
    return shutil.disk_usage(place).free < _NEXT_TO_NOTHING


def full(place: Path) -> StorageFailed:
    """The error of a disk that filled up under a program which could not say so itself."""
    return _disk(str(place), _FULL)


def demand_room(place: Path, needed: int) -> None:
    """Stop before the work if the disk of `place` has less than `needed` bytes free.

    Raises:
        StorageFailed: saying how much there is and how much is needed.
    """
    free = shutil.disk_usage(place).free
    if free < needed:
        raise StorageFailed(
            str(place),
            f"{free // 1_000_000} MB are free on this disk, and a run needs about {needed // 1_000_000} MB",
            consequence="Nothing was started; what was published stays as it was.",
            remedy="make room on that disk, or set AVAINVARASTO_HOME to another one, then run again (make run)",
        )


def size_of(folder: Path) -> int:
    """Bytes of the plain files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def on_disk(step: Callable[Concatenate[Settings, P], T]) -> Callable[Concatenate[Settings, P], T]:
    """A step of the house whose trouble with the disk is said in plain words; see `storage_errors`."""

    @wraps(step)
    def guarded(settings: Settings, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with storage_errors(settings.home):
            return step(settings, *args, **kwargs)

    return guarded


def _disk(where: str, said: str) -> StorageFailed:
    full = _FULL in said or "max_temp_directory_size" in said
    return StorageFailed(
        where,
        "the disk is full" if full else f"cannot be read or written ({said.rstrip('.')})",
        consequence="The run stopped there; nothing half done counts, and what was published stays as it was.",
        remedy=f"{'make room on that disk' if full else 'mend that file or its rights'}, then do the same again "
        "(a night: make run); what was half done is thrown away",
    )

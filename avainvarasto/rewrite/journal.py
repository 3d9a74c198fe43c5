"""A rewrite of files of the home that happens whole or not at all, wherever the process ends.

New files are staged first, each in the zone of the file that it replaces. `lake/_rewrite/ready.json` then says what
is to be moved and removed: without it the staging is thrown away, with it the work is finished. Taking the run lock
recovers, so nothing ever works on half of a rewrite.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from avainvarasto.files import on_disk, to_disk, write_json
from avainvarasto.release.withdrawal import pending_file
from avainvarasto.settings import Settings

STAGING = "_rewrite"
READY = "ready.json"
_BESIDE = ".rewrite"


class Rewrite:
    """What a rewrite will do; nothing of it is done before `commit`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._moves: dict[Path, Path] = {}
        self._removes: list[Path] = []
        self._record: tuple[Path, dict[str, Any]] | None = None

    @property
    def spill(self) -> Path:
        """Where a database may put what does not fit into memory; gone with the staging."""
        return _root(self._settings) / "spill"

    def stage(self, target: Path) -> Path:
        """Where to write the new content of `target`: in its own zone, so that no zone's rows lie in another."""
        zone = next((zone for zone in _zones(self._settings) if target.is_relative_to(zone)), None)
        if zone is None:
            staged = target.with_name(f".{target.name}{_BESIDE}")
        else:
            staged = zone / STAGING / f"{len(self._moves):06}{target.suffix}"
        staged.parent.mkdir(parents=True, exist_ok=True)
        self._moves[target] = staged
        return staged

    def remove(self, path: Path) -> None:
        """Remove a file, a link or a whole folder once everything is moved."""
        self._removes.append(path)

    def record(self, path: Path, content: dict[str, Any]) -> None:
        """Write `content`, with the moment of the end as `finished`, when all is done."""
        self._record = (path, content)

    def commit(self) -> None:
        """From here on the rewrite will happen, if not in this process then when the lock is taken next."""
        # A power cut must not leave the journal without what it names, least of all without a new key.
        for staged in self._moves.values():
            to_disk(staged)
        for folder in {staged.parent for staged in self._moves.values()}:
            to_disk(folder)
        path, content = self._record or (None, None)
        root = _root(self._settings)
        journal = {
            "moves": [[self._name(staged), self._name(target)] for target, staged in self._moves.items()],
            "removes": [self._name(path) for path in self._removes],
            "record": {"path": self._name(path), "content": content} if path else None,
        }
        partial = root / f".{READY}"
        partial.write_text(json.dumps(journal), encoding="utf-8")
        to_disk(partial)
        partial.replace(root / READY)
        to_disk(root)
        _finish(self._settings)

    def _name(self, path: Path) -> str:
        """Relative to the home, so that a home may be moved; a key file elsewhere keeps its whole path."""
        home = self._settings.home
        return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path.absolute())


@contextmanager
def begin(settings: Settings) -> Iterator[Rewrite]:
    """A rewrite to be filled and committed, under the run lock; left without `commit` nothing has happened."""
    recover(settings)
    _root(settings).mkdir(parents=True)
    try:
        yield Rewrite(settings)
    finally:
        recover(settings)


@on_disk
def recover(settings: Settings) -> None:
    """Finish a rewrite that was ready when its process ended; throw away one that was not."""
    if (_root(settings) / READY).is_file():
        _finish(settings)
    elif _root(settings).is_dir():
        _clear(settings)


def _finish(settings: Settings) -> None:
    """Every step may be done twice: who was killed in between begins again."""
    ready = _root(settings) / READY
    journal = json.loads(ready.read_text(encoding="utf-8"))
    for staged, target in ((settings.home / a, settings.home / b) for a, b in journal["moves"]):
        if staged.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
    for path in (settings.home / name for name in journal["removes"]):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if journal["record"]:
        finished = datetime.now().astimezone().isoformat(timespec="seconds")
        write_json(settings.home / journal["record"]["path"], journal["record"]["content"] | {"finished": finished})
    ready.unlink()
    _clear(settings)


def _clear(settings: Settings) -> None:
    """The folder in the lake goes last: while it stands, there may be more to clear."""
    for beside in (settings.person_key_file, settings.aliases_file, pending_file(settings)):
        for left in beside.parent.glob(f".*{beside.name}*{_BESIDE}*"):
            left.unlink()
    for zone in reversed(_zones(settings)):
        if (zone / STAGING).is_dir():
            shutil.rmtree(zone / STAGING)


def _zones(settings: Settings) -> tuple[Path, ...]:
    return (settings.lake, settings.restricted, settings.quarantine)


def _root(settings: Settings) -> Path:
    return settings.lake / STAGING

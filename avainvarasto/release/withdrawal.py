"""Releases that are to go because rows behind them were forgotten: named first, removed once a new one is active.

Belongs here: which releases, and what stays of them. Does not: why (avainvarasto.rewrite), or how one becomes active.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from avainvarasto.files import on_disk, write_json
from avainvarasto.settings import Settings

_RECORD = "release.json"
_MARK = "withdrawn"


def pending_file(settings: Settings) -> Path:
    """Where the releases stand that go with the next activation."""
    return settings.release / "_withdraw.json"


def pending(settings: Settings) -> list[str]:
    """Ids of the releases that go with the next activation."""
    path = pending_file(settings)
    return list(json.loads(path.read_text(encoding="utf-8"))["releases"]) if path.is_file() else []


def standing(settings: Settings) -> list[str]:
    """Ids of the releases that still have their tables, oldest first."""
    folders = sorted(path.parent for path in settings.release.glob(f"r*/{_RECORD}"))
    return [folder.name for folder in folders if _MARK not in _record(folder)]


def is_withdrawn(settings: Settings, release_id: str) -> bool:
    """True if a release was withdrawn, or will be as soon as there is a new one."""
    return release_id in pending(settings) or _MARK in _record(settings.release / release_id)


@on_disk
def finish(settings: Settings) -> list[str]:
    """Remove what is pending, if another release is active by now; only the record stays, with its mark.

    Returns:
        the ids of the releases removed.
    """
    named = pending(settings)
    current = settings.release / "current"
    if not named or not current.exists() or current.resolve().name in named:
        return []
    for folder in (settings.release / release_id for release_id in named):
        record = _record(folder)
        write_json(folder / _RECORD, {_MARK: datetime.now().astimezone().isoformat(timespec="seconds")} | record)
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != _RECORD:
                path.unlink()
    pending_file(settings).unlink()
    return named


def _record(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    return content

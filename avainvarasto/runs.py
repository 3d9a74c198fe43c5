"""A record of every run that held the lock: what stood before it, and whether it ended.

The record is written when the run begins, so that whoever reports on it, this process or another, can tell what is
new; one without an end whose lock is free is of a run that was killed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from avainvarasto import lake
from avainvarasto.files import on_disk, write_json
from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.release.activate import active_record
from avainvarasto.settings import Settings

KEPT = 30


@dataclass(frozen=True)
class Before:
    """What stood before a run: marks of the ledger's entries, and the active release."""

    ledger: frozenset[str]
    release_id: str | None


@dataclass(frozen=True)
class Lost:
    """Runs that were killed: when each began, and what stood before the first of them; None where there is none."""

    began: list[str]
    before: Before | None


def mark_of(entry: dict[str, Any]) -> str:
    """Tells one judgement of a delivery from another: a refused one may be looked at again and taken."""
    return f"{entry['source']}/{entry['delivery_id']} {entry['received_at'].isoformat()}"


@on_disk
def snapshot(settings: Settings) -> Before:
    """What stands now."""
    record = active_record(settings)
    return Before(frozenset(map(mark_of, lake.ledger(settings))), record["release_id"] if record else None)


@on_disk
def begin(settings: Settings, run_id: str, now: datetime) -> None:
    """Remember what stands before the run; the caller holds the run lock.

    What a killed run had taken nobody was told of, so it is new to this one.
    """
    lost = take_lost(settings)
    before = lost.before or snapshot(settings)
    write_json(
        _record(settings, run_id),
        {
            "run_id": run_id,
            "began": _moment(now),
            "ended": None,
            "lost": lost.began,
            "release_id": before.release_id,
            "ledger": sorted(before.ledger),
        },
    )
    for path in _by_age(settings)[:-KEPT]:
        path.unlink()


@on_disk
def end(settings: Settings, run_id: str, now: datetime) -> None:
    """Remember that the run ended, well or badly."""
    path = _record(settings, run_id)
    write_json(path, _read(path) | {"ended": _moment(now)})


@on_disk
def take_lost(settings: Settings) -> Lost:
    """The runs that were killed and that nobody was told of yet; the caller holds the run lock."""
    began: list[str] = []
    earliest = None
    for path in _by_age(settings):
        record = _read(path)
        if record["ended"] is None:
            began += [*record["lost"], record["began"]]
            earliest = earliest or Before(frozenset(record["ledger"]), record["release_id"])
            write_json(path, record | {"ended": "never"})
    return Lost(began, earliest)


@on_disk
def before(settings: Settings, run_id: str) -> Before | None:
    """What stood before the run; None for a run that never held the lock."""
    path = _record(settings, run_id)
    if not path.is_file():
        return None
    record = _read(path)
    return Before(frozenset(record["ledger"]), record["release_id"])


@on_disk
def lost_before(settings: Settings, run_id: str) -> list[str]:
    """When each run began that did not end before this one."""
    path = _record(settings, run_id)
    return list(_read(path)["lost"]) if path.is_file() else []


def _record(settings: Settings, run_id: str) -> Path:
    return settings.logs / "runs" / f"{run_id}.json"


def _by_age(settings: Settings) -> list[Path]:
    return sorted((settings.logs / "runs").glob("[!.]*.json"), key=lambda path: _read(path)["began"])


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _moment(now: datetime) -> str:
    return now.astimezone(HELSINKI).isoformat(timespec="seconds")

"""Refusals that nobody has answered yet: what was refused on an earlier night and has not come rightly since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from avainvarasto.lake import UNKNOWN_EXTRACT
from avainvarasto.settings import Settings

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class OpenRefusal:
    """A refused delivery, with the extracts that no newer delivery has made good."""

    source: str
    delivery_id: str
    extracts: tuple[str, ...]
    reason: str
    received_at: datetime


def open_refusals(settings: Settings, ledger: Iterable[Entry]) -> list[OpenRefusal]:
    """Deliveries that were refused and that no newer accepted delivery of the same extract covers.

    Of a delivery whose delivery.yml could not be taken the extracts are not known: it is open until its folder leaves
    the landing zone or another delivery is accepted that says that it replaces this one.
    """
    entries = list(ledger)
    accepted = [entry for entry in entries if entry["accepted"]]
    found = []
    for (source, delivery_id), files in _newest_refusals(entries).items():
        missing = tuple(sorted({e["extract"] for e in files if not _is_answered(settings, e, accepted)}))
        if missing:
            newest = files[0]
            found.append(OpenRefusal(source, delivery_id, missing, newest["reason"], newest["received_at"]))
    return sorted(found, key=lambda refusal: (refusal.received_at, refusal.source, refusal.delivery_id))


def _newest_refusals(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Files of each refused delivery as it was refused last."""
    newest: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry["accepted"]:
            continue
        held = newest.setdefault((entry["source"], entry["delivery_id"]), [])
        if held and entry["received_at"] > held[0]["received_at"]:
            held.clear()
        if not held or entry["received_at"] == held[0]["received_at"]:
            held.append(entry)
    return newest


def _is_answered(settings: Settings, refused: Entry, accepted: Iterable[Entry]) -> bool:
    if refused["extract"] == UNKNOWN_EXTRACT:
        replaced = any((e["source"], e["replaces"]) == (refused["source"], refused["delivery_id"]) for e in accepted)
        return replaced or not (settings.landing / refused["source"] / refused["delivery_id"]).is_dir()
    newer = [e for e in accepted if e["extract"] == refused["extract"] and _order(e) > _order(refused)]
    if refused["period_from"] is None:
        return bool(newer)
    covered = {month for e in newer for month in _months(e)}
    return _months(refused) <= covered


def _order(entry: Entry) -> tuple[datetime, str]:
    return entry["created_at"], entry["delivery_id"]


def _months(entry: Entry) -> set[tuple[int, int]]:
    start, end = entry["period_from"], entry["period_to"]
    if not isinstance(start, date) or not isinstance(end, date):
        return set()
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return {divmod(month, 12) for month in range(first, last + 1)}

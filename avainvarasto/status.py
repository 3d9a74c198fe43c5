"""Is there anything to do tonight? Decided from the files, without an orchestrator."""

from __future__ import annotations

from dataclasses import dataclass

from avainvarasto import intake, lake
from avainvarasto.release.activate import newest_record
from avainvarasto.settings import Settings
from avainvarasto.warehouse.build import code_state


@dataclass(frozen=True)
class News:
    """What differs between the landing zone, the lake and the active release."""

    deliveries: list[str]
    unfinished: list[str]
    release_is_behind: bool

    @property
    def anything(self) -> bool:
        return bool(self.deliveries) or self.release_is_behind


def news(settings: Settings) -> News:
    """Compare the deliveries, the lake and the code with what the active release was made of."""
    arrivals, unfinished = intake.waiting(settings)
    return News([arrival.name for arrival in arrivals], unfinished, release_is_behind(settings))


def release_is_behind(settings: Settings) -> bool:
    """True if the lake or the code differ from those of the newest release, or if there is no warehouse.

    A restore brings none, and a rewrite of the lake drops its builds. Never true before anything was accepted.

    The newest and not the active one: after a rollback the night must not bring back what was taken away.
    """
    if not lake.accepted(settings):
        return False
    if not (settings.warehouse / "current.duckdb").exists():
        return True
    record = newest_record(settings)
    made_of = record["build"] if record else {}
    now = {"lake_state": lake.lake_state(settings), "code_state": code_state(settings)}
    return any(made_of.get(name) != state for name, state in now.items())

"""Is there anything to do tonight? Decided from the files, without an orchestrator."""

from __future__ import annotations

from dataclasses import dataclass

from avainvarasto import intake, lake
from avainvarasto.release.activate import active_record
from avainvarasto.settings import Settings
from avainvarasto.warehouse.build import code_state


@dataclass(frozen=True)
class News:
    """What differs between the landing zone, the lake and the active release."""

    deliveries: list[str]
    unfinished: list[str]
    lake_changed: bool
    code_changed: bool

    @property
    def anything(self) -> bool:
        return bool(self.deliveries) or self.lake_changed or self.code_changed


def news(settings: Settings) -> News:
    """Compare the deliveries, the lake and the code with what the active release was made of."""
    arrivals, unfinished = intake.waiting(settings)
    record = active_record(settings)
    build = record["build"] if record else {}
    assert isinstance(build, dict)
    has_lake = bool(lake.accepted(settings))
    return News(
        deliveries=[arrival.name for arrival in arrivals],
        unfinished=unfinished,
        lake_changed=has_lake and build.get("lake_state") != lake.lake_state(settings),
        code_changed=has_lake and build.get("code_state") != code_state(settings),
    )

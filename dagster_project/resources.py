"""The house as a resource: settings and contracts for a run, under the lock that admits one writer at a time.

Belongs here: what a run holds while it lasts. Does not: what its steps do (avainvarasto).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from avainvarasto import runs
from avainvarasto.contracts import Contract, load_contracts
from avainvarasto.home import run_lock
from avainvarasto.settings import Settings
from dagster_project.instance import close_killed_runs

HOUSE = "house"


@dataclass(frozen=True)
class House:
    """What every step of a run gets."""

    settings: Settings
    contracts: dict[str, Contract]


def house_resource(settings: Settings) -> dg.ResourceDefinition:
    """A resource that takes the run lock when the run starts and gives it back when it ends.

    Between the two stands a record of the run; where the process is killed, the record has no end.
    """

    @dg.resource(description="Settings and contracts, under the run lock.")
    def house(context: dg.InitResourceContext) -> Iterator[House]:
        run_id = context.run.run_id if context.run else "without-a-run"
        with run_lock(settings):
            if context.instance and context.run:
                close_killed_runs(context.instance, but=run_id)
            runs.begin(settings, run_id, datetime.now(UTC))
            try:
                yield House(settings, load_contracts(settings.expectations))
            except Exception:  # and not what ends a process from outside
                runs.end(settings, run_id, datetime.now(UTC))
                raise
            runs.end(settings, run_id, datetime.now(UTC))

    return house

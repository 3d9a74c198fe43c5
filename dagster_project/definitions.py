"""The code location: `build_defs(settings)` puts the stages together; `defs` does so with the environment's settings.

Belongs here: what exists. Does not: how any of it works. Nothing is read before Dagster asks for `defs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from avainvarasto.contracts import load_contracts
from avainvarasto.settings import Settings, load_settings
from dagster_project import checks, jobs, schedules, sensors
from dagster_project.assets import landing, release, warehouse
from dagster_project.manifest import ensure_manifest
from dagster_project.resources import HOUSE, house_resource


def build_defs(
    settings: Settings,
    *,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """All assets, checks, jobs, schedules and sensors for a home; `resources` replace the real ones in tests."""
    contracts = load_contracts(settings.expectations)
    manifest = ensure_manifest(settings)
    own = {HOUSE: house_resource(settings), "dbt": warehouse.dbt_resource(settings)}
    return dg.Definitions(
        assets=[
            landing.arrivals,
            *landing.landing_assets(contracts),
            landing.lake_assets(contracts),
            *warehouse.warehouse_assets(settings, manifest),
            release.candidate,
            release.release,
        ],
        asset_checks=[*checks.landing_checks(settings, contracts), checks.candidate_check],
        jobs=[jobs.nightly],
        schedules=[schedules.every_night],
        sensors=sensors.report_sensors(settings),
        resources={**own, **(resources or {})},
        loggers=loggers,
        # One process for a run: the run lock and the pseudonymisation key stay with it.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    return build_defs(load_settings())

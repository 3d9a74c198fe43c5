"""Assets of the warehouse stage: dbt's models and seeds as one set, and the build that stands when they are done.

Belongs here: in which order dbt is called and on which file. Does not: SQL (dbt/) or files (avainvarasto.warehouse).
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from avainvarasto.settings import Settings
from avainvarasto.warehouse import build, estimates
from dagster_project.manifest import DBT
from dagster_project.resources import HOUSE

BUILD = dg.AssetKey(["warehouse", "build"])
# DuckDB admits one writer: every step that opens the build file shares this pool of one.
WRITER = "warehouse_writer"


def dbt_resource(settings: Settings) -> DbtCliResource:
    """dbt as a run calls it: the project's own profile, nothing from the user's home."""
    project = str(settings.project_root / "dbt")
    return DbtCliResource(
        project_dir=project, profiles_dir=project, dbt_executable=str(DBT), global_config_flags=["--no-use-colors"]
    )


def warehouse_assets(settings: Settings, manifest: Path) -> list[dg.AssetsDefinition]:
    """The dbt set, and the build that waits for all of it."""

    @dbt_assets(manifest=manifest, name="dbt", pool=WRITER, required_resource_keys={HOUSE, "dbt"})
    def dbt_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        # Models that report on the build itself come second, when the results of the others are known; so do those that
        # publish estimates, which are made of the others' tables.
        house, dbt = context.resources.house, context.resources.dbt
        new = build.begin(house.settings, house.contracts)
        steps = (("first", "--exclude", False), ("second", "--select", True))
        target = manifest.parent
        with _environment(build.dbt_environment(house.settings)):
            for name, choice, final in steps:
                with _output_to(house.settings.logs / f"dbt-{name}.log"):
                    invocation = dbt.cli(["build", choice, build.AFTER_BUILD], manifest=manifest, target_path=target)
                    for event in invocation.stream_raw_events():
                        yield from event.to_default_asset_events(manifest, context=context, target_path=target)
                build.record_checks(house.settings, new, target, context.run_id, final=final)
                if not final:
                    estimates.estimate(house.settings, new)

    @dg.asset(
        key=BUILD,
        deps=[spec.key for spec in dbt_models.specs],
        group_name="warehouse",
        pool=WRITER,
        required_resource_keys={HOUSE},
        kinds={"duckdb"},
    )
    def finished_build(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """The build file under its own name, and `current` on it."""
        file = build.finish(context.resources.house.settings)
        return dg.MaterializeResult(metadata={"build": file.stem})

    return [dbt_models, finished_build]


@contextlib.contextmanager
def _environment(extra: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in extra}
    os.environ.update(extra)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """dbt's lines go to a file; the terminal shows the run's own progress."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as stream, contextlib.redirect_stdout(stream):
        yield

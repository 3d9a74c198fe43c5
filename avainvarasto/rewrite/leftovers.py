"""What a home holds outside its zones that was made of pseudonymous rows: builds, candidates, what dbt left."""

from __future__ import annotations

from pathlib import Path

from avainvarasto.settings import Settings


def of_unit_level(settings: Settings) -> list[Path]:
    """Files, links and folders that go when the lake is rewritten; the next run makes them anew.

    The link goes first: a reader must not follow it to a build that is on its way out. dbt's logs and results may
    quote a row that broke a test.
    """
    target = settings.dbt_target / "target"
    candidates = [
        settings.warehouse / "current.duckdb",
        settings.warehouse / "builds",
        settings.warehouse / "building.json",
        settings.warehouse / "building-checks.json",
        settings.release / "_candidate",
        settings.lake / "_estimates",
        *(target / name for name in ("run_results.json", "dbt.log", "run", "compiled")),
        *(path for path in sorted(settings.logs.glob("dbt*"))),
    ]
    return [path for path in candidates if path.exists() or path.is_symlink()]


def builds(settings: Settings) -> list[str]:
    """Ids of the builds kept."""
    return sorted(path.stem for path in (settings.warehouse / "builds").glob("[!.]*.duckdb"))

"""Bring the assets and roles to a running Superset, then read back that they work. Doing it twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from avainvarasto.errors import SupersetRefused
from avainvarasto.settings import Settings
from avainvarasto.superset.access import apply_roles, load_roles
from avainvarasto.superset.assets import Assets, Filling, bundle, load_assets, stable_uuid
from avainvarasto.superset.client import Client
from avainvarasto.superset.release_file import ReleaseFacts, nature_text, read_release
from avainvarasto.superset.validate import validate


@dataclass(frozen=True)
class Applied:
    """What was read back: rows behind each chart, by dashboard slug and the chart's stable name."""

    rows: dict[str, dict[str, int]]


def apply(settings: Settings, client: Client) -> Applied:
    """Validate against the active release, import, set the roles, verify.

    Raises:
        SupersetRefused: the assets do not fit the release, the server did not take them, or a chart shows no rows.
    """
    assets = load_assets(settings.project_root / "superset" / "assets")
    roles = load_roles(settings.project_root / "superset" / "access.yml", assets)
    release_file = settings.release / "current.duckdb"
    facts = read_release(release_file)
    validate(assets, facts.schema)
    zipped = bundle(assets, _filling(assets, facts, f"duckdb:///{release_file.absolute()}"))
    client.post("assets/import/", files={"bundle": ("avainvarasto.zip", zipped, "application/zip")})
    apply_roles(client, roles)
    return verify(assets, client)


def _filling(assets: Assets, facts: ReleaseFacts, uri: str) -> Filling:
    natures = {name: nature_text(assets.tables_of(name), facts.natures) for name in assets.dashboards}
    return Filling(uri, natures, facts.labels)


def verify(assets: Assets, client: Client) -> Applied:
    """Read back that each dashboard holds its charts and each chart's saved query gives rows.

    Raises:
        SupersetRefused: a dashboard or chart is missing, or a chart has no rows.
    """
    chart_ids = {row["uuid"]: row["id"] for row in client.rows("chart/")}
    rows: dict[str, dict[str, int]] = {}
    for name, dashboard in assets.dashboards.items():
        slug = dashboard["slug"]
        expected = {chart: chart_ids.get(stable_uuid("charts", chart)) for chart in assets.charts_of(name)}
        on_page = {row["id"] for row in client.get(f"dashboard/{slug}/charts")["result"]}
        if set(expected.values()) != on_page:
            raise _not_as_written(f"dashboard {slug}", f"shows {len(on_page)} charts instead of {len(expected)}")
        rows[slug] = {chart: _row_count(client, chart, identifier) for chart, identifier in expected.items()}
    return Applied(rows)


def _row_count(client: Client, chart: str, identifier: int | None) -> int:
    (result,) = client.get(f"chart/{identifier}/data/")["result"]
    count = len(result["data"])
    if count == 0:
        raise _not_as_written(f"chart {chart}", "shows no rows of the release")
    return count


def _not_as_written(where: str, problem: str) -> SupersetRefused:
    return SupersetRefused(
        where,
        problem,
        consequence="The assets were imported, but the dashboard is not fit for use.",
        remedy="read superset/server.log under the home directory and check the release with `make run`",
    )

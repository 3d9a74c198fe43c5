"""Dagster's own home under the project's: storage, one run at a time, no telemetry.

Belongs here: the instance's configuration. Does not: what runs on it.
"""

from __future__ import annotations

from avainvarasto.settings import Settings

_CONFIG = """\
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
"""


def prepare_instance(settings: Settings) -> None:
    """Write the instance's configuration file."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    (settings.dagster_home / "dagster.yaml").write_text(_CONFIG, encoding="utf-8")

"""Dagster's own home under the project's: storage, one run at a time, no telemetry, and runs that were killed.

Belongs here: the instance's configuration and what a killed run leaves in it. Does not: what runs on it.
"""

from __future__ import annotations

import json

import dagster as dg

from avainvarasto.settings import Settings

_CONFIG = """\
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
run_monitoring:
  enabled: true
  free_slots_after_run_end_seconds: 60
event_log_storage:
  module: dagster_project.event_log
  class: OpenEventLog
  config:
    base_dir: {events}
"""
_UNDER_WAY = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def prepare_instance(settings: Settings) -> None:
    """Write the instance's configuration file."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    events = json.dumps(str(settings.dagster_home / "history" / "runs"))  # where Dagster itself would put them
    (settings.dagster_home / "dagster.yaml").write_text(_CONFIG.format(events=events), encoding="utf-8")


def close_killed_runs(instance: dg.DagsterInstance, *, but: str) -> list[str]:
    """Mark runs that were killed as failed and give back what they held.

    A killed run stays "started" for Dagster, and its place in the pool of one would keep every later run waiting.
    To be called under the run lock only: then every run but the caller's own is over.

    Returns:
        their ids.
    """
    killed = [run for run in instance.get_runs(filters=dg.RunsFilter(statuses=_UNDER_WAY)) if run.run_id != but]
    for run in killed:
        instance.report_run_failed(run, "The process of this run ended before the run did.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return [run.run_id for run in killed]

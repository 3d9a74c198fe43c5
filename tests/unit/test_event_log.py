"""Dagster's event log with connections kept open: nothing it does is lost, and it can be wiped and copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from avainvarasto.settings import Settings
from dagster_project.event_log import _MOST_OPEN, OpenEventLog
from dagster_project.instance import prepare_instance

pytestmark = pytest.mark.unit


@dg.asset
def one() -> None:
    pass


@dg.asset_check(asset=one)
def holds() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings(home=tmp_path)
    prepare_instance(settings)
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))
    return settings


@pytest.fixture
def instance(home: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as found:
        yield found


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([one, holds], instance=instance).run_id


def log_of(instance: dg.DagsterInstance) -> OpenEventLog:
    log = instance.event_log_storage
    assert isinstance(log, OpenEventLog)
    return log


def test_dagsters_own_log_reads_every_event_of_ours(home: Settings, instance: dg.DagsterInstance) -> None:
    run_id = run(instance)
    ours = [entry.dagster_event_type for entry in log_of(instance).get_logs_for_run(run_id)]
    log_of(instance).dispose()
    theirs = SqliteEventLogStorage(str(home.dagster_home / "history" / "runs"))
    assert [entry.dagster_event_type for entry in theirs.get_logs_for_run(run_id)] == ours
    assert {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_CHECK_EVALUATION} <= set(ours)


def test_more_runs_than_stay_open_can_all_be_read(instance: dg.DagsterInstance) -> None:
    runs = [run(instance) for _ in range(_MOST_OPEN + 2)]
    assert len(log_of(instance)._engines) <= _MOST_OPEN
    assert all(log_of(instance).get_logs_for_run(run_id) for run_id in runs)


def test_after_a_wipe_runs_are_logged_again(instance: dg.DagsterInstance) -> None:
    before = run(instance)
    log_of(instance).wipe()
    after = run(instance)
    assert log_of(instance).get_logs_for_run(before) == []
    assert log_of(instance).get_logs_for_run(after)

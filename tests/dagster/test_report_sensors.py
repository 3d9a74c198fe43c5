"""Which runs the sensors report on: those of the daemon, once each; and what a run leaves for whoever reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from avainvarasto import home, runs
from avainvarasto.errors import GateFailed
from avainvarasto.report import publish
from avainvarasto.report.content import gather
from avainvarasto.settings import Settings
from dagster_project.jobs import NIGHTLY
from dagster_project.resources import HOUSE, house_resource
from dagster_project.sensors import REPORTS_BY_ITSELF, report_sensors
from tests.deliveries import CODE, a_home
from tests.small_nights import MORNING

pytestmark = pytest.mark.dagster
BEHAVIOUR = ("good", "gate", "foreign")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "house")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run_job(settings: Settings, instance: dg.DagsterInstance, how: str = "good", **tags: str) -> dg.DagsterRun:
    """A run of a job with the night's name, under the same lock and record, that ends as told."""

    @dg.op(required_resource_keys={HOUSE})
    def step() -> None:
        if how == "gate":
            raise GateFailed("landing of x", "no rule was evaluated", consequence="Closed.", remedy="mend the rule")
        if how == "foreign":
            raise ValueError(f"cannot convert {CODE}")

    @dg.job(name=NIGHTLY, resource_defs={HOUSE: house_resource(settings)})
    def job() -> None:
        step()

    result = job.execute_in_process(instance=instance, raise_on_error=False, tags=tags)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    return run


def sense(settings: Settings, instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """What the sensor of the run's end says."""
    good, failed = report_sensors(settings)
    success = run.status == dg.DagsterRunStatus.SUCCESS
    kind = dg.DagsterEventType.RUN_SUCCESS if success else dg.DagsterEventType.RUN_FAILURE
    event = dg.DagsterEvent(event_type_value=kind.value, job_name=run.job_name)
    sensor = good if success else failed
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name, dagster_event=event, dagster_instance=instance, dagster_run=run
    )
    answer = sensor(context)
    assert isinstance(answer, dg.SkipReason)
    return str(answer.skip_message)


def test_a_good_run_of_the_daemon_is_reported_once(settings: Settings, instance: dg.DagsterInstance) -> None:
    run = run_job(settings, instance)
    assert sense(settings, instance, run).startswith("IN ORDER")
    assert f"run {run.run_id}" in publish.newest_text(settings)
    assert sense(settings, instance, run) == "This run was reported on."


def test_a_failed_run_of_the_daemon_is_reported_with_its_reason(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    run = run_job(settings, instance, "gate")
    assert sense(settings, instance, run).startswith("NOT IN ORDER: 1 thing failed")
    said = publish.newest_text(settings)
    assert "landing of x: no rule was evaluated" in said
    assert "Remedy: mend the rule" in said


def test_words_of_a_foreign_error_do_not_reach_the_report(settings: Settings, instance: dg.DagsterInstance) -> None:
    sense(settings, instance, run_job(settings, instance, "foreign"))
    said = publish.newest_text(settings)
    assert "step: ValueError" in said
    assert CODE not in said


def test_a_run_in_a_terminal_is_left_to_itself(settings: Settings, instance: dg.DagsterInstance) -> None:
    run = run_job(settings, instance, **REPORTS_BY_ITSELF)
    assert "reports by itself" in sense(settings, instance, run)
    assert not publish.newest_file(settings).exists()


def test_a_run_that_found_another_in_progress_is_left_to_the_other(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    with home.run_lock(settings):
        run = run_job(settings, instance)
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert "Another run was in progress" in sense(settings, instance, run)
    assert not settings.logs.exists()


@pytest.mark.parametrize("how", BEHAVIOUR)
def test_a_run_that_ends_by_itself_leaves_a_record_with_its_end(
    settings: Settings, instance: dg.DagsterInstance, how: str
) -> None:
    run = run_job(settings, instance, how)
    record = json.loads((settings.logs / "runs" / f"{run.run_id}.json").read_text())
    assert record["ended"]
    assert runs.take_lost(settings).began == []


def test_a_run_whose_contracts_are_broken_is_a_failure_that_names_them(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    broken = settings.model_copy(update={"expectations": settings.home})
    run = run_job(broken, instance)
    assert sense(broken, instance, run).startswith("NOT IN ORDER")
    assert "<home>/contracts: holds no contract" in publish.newest_text(settings)
    assert runs.take_lost(settings).began == []


def test_a_report_made_later_is_not_about_what_came_since(settings: Settings) -> None:
    assert gather(settings, None, runs.snapshot(settings), now=MORNING + timedelta(days=1)).summary.entries == []

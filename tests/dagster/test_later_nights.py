"""Nights after the first: the same lake builds the same tables, and a red gate leaves the old release live."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import yaml

from avainvarasto import home, lake, status
from avainvarasto.errors import ContractError, GateFailed, ReleaseRefused
from avainvarasto.release import activate, candidate
from avainvarasto.release.reader import query
from avainvarasto.settings import PROJECT_ROOT, Settings
from dagster_project import night
from dagster_project.definitions import build_defs
from tests.conftest import Night, run_night
from tests.deliveries import a_household_month, a_notification, deliver

JANUARY = (date(2019, 1, 1), date(2019, 1, 31))
CopyHome = Callable[[], Settings]


def active(settings: Settings) -> str:
    return (settings.release / "current").resolve().name


def prints(settings: Settings) -> dict[str, str]:
    record = json.loads((settings.warehouse / "current.duckdb").resolve().with_suffix(".json").read_text())
    found: dict[str, str] = record["fingerprints"]
    return found


def test_two_builds_of_the_same_lake_have_equal_tables(night: Night, copied_home: CopyHome) -> None:
    settings = copied_home()
    shutil.rmtree(settings.warehouse)
    shutil.rmtree(settings.release)
    again = run_night(settings.home)
    assert again.code == 0, again.output
    assert prints(settings) == prints(night.settings)
    assert len(prints(night.settings)) > 50
    ours = "select * exclude (release_id) from kela_flow.funnel order by all"
    assert query(settings, ours) == query(night.settings, ours)


def test_a_red_suite_refuses_its_delivery_and_leaves_the_old_release_live(copied_home: CopyHome) -> None:
    settings = copied_home()
    before = active(settings)
    rows = [a_household_month(n, month=date(2019, 1, 1), rejected=True) for n in range(10)]
    deliver(settings, "kela_household_month", rows, delivery_id="2019-02-08T0200", period=JANUARY)
    red = run_night(settings.home)
    assert red.code == 1
    assert "A refused month has no grant" in red.output
    assert active(settings) == before
    assert [r["delivery_id"] for r in lake.ledger(settings) if not r["accepted"]] == ["2019-02-08T0200"]
    assert "Nothing new" in run_night(settings.home).output


def test_a_refused_delivery_alone_changes_nothing_that_is_published(copied_home: CopyHome) -> None:
    settings = copied_home()
    before = active(settings)
    rows = [a_household_month(n, month=date(2019, 1, 1)) for n in range(10)]
    folder = deliver(settings, "kela_household_month", rows, delivery_id="2019-02-08T0200", period=JANUARY)
    (data,) = (path for path in folder.iterdir() if path.suffix == ".csv")
    data.write_bytes(data.read_bytes() + b"x")
    refused = run_night(settings.home)
    assert refused.code == 1
    assert "checksum differs" in refused.output
    assert active(settings) == before


def test_a_release_with_anything_confidential_is_refused_with_the_reason(copied_home: CopyHome) -> None:
    settings = copied_home()
    before = active(settings)
    (settings.keys / "DEMO-KEY").unlink()  # the key is the controller's from now on
    rows = [a_notification(n, sent_ts="15.01.2019 10:00") for n in range(10)]
    deliver(
        settings,
        "etotu_notification",
        rows,
        delivery_id="2019-02-08T0200",
        period=JANUARY,
        nature="confidential",
    )
    refused = run_night(settings.home)
    assert refused.code == 1
    assert "would show confidential data under the primary rule alone" in refused.output
    assert active(settings) == before
    with pytest.raises(home.HomeRefused, match="confidential"):
        home.prepare_demo(settings)


def run_only(settings: Settings, *keys: list[str]) -> dg.ExecuteInProcessResult:
    """A run that selects some assets only, as a person may in the orchestrator's page."""
    job = dg.define_asset_job("some", selection=dg.AssetSelection.assets(*keys))
    definitions = dg.Definitions.merge(build_defs(settings), dg.Definitions(jobs=[job]))
    return definitions.resolve_job_def("some").execute_in_process(raise_on_error=False)


def with_a_rule_that_fails(settings: Settings, folder: Path) -> Settings:
    """The same home under expectations in which one candidate rule cannot hold."""
    shutil.copytree(PROJECT_ROOT / "expectations", folder)
    suite = folder / "suites" / "candidate" / "mart_equality__survey_response.yml"
    content = yaml.safe_load(suite.read_text())
    content["expectations"].append(
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": "select 1 from {batch} where n_answers = 43"},
            "severity": "critical",
            "notes": "It must not be forty-three.",
        }
    )
    suite.write_text(yaml.safe_dump(content))
    return settings.model_copy(update={"expectations": folder})


def test_after_a_red_check_a_run_of_the_last_step_alone_is_refused(copied_home: CopyHome, tmp_path: Path) -> None:
    settings = with_a_rule_that_fails(copied_home(), tmp_path / "expectations")
    before = active(settings)
    red = run_only(settings, ["release", "candidate"], ["release", "current"])
    assert not red.success
    assert active(settings) == before
    last_step = run_only(settings, ["release", "current"])
    assert not last_step.success
    assert active(settings) == before
    with pytest.raises(GateFailed, match="It must not be forty-three"):
        activate.activate(settings)


def test_a_candidate_that_nobody_judged_is_refused(copied_home: CopyHome) -> None:
    settings = copied_home()
    before = active(settings)
    candidate.make_candidate(settings)
    with pytest.raises(GateFailed, match="no receipt"):
        activate.activate(settings)
    assert active(settings) == before


def test_a_candidate_changed_after_its_gate_is_refused(copied_home: CopyHome) -> None:
    settings = copied_home()
    made = candidate.make_candidate(settings)
    assert candidate.judge_candidate(settings, "run").passed
    made.file.write_bytes(made.file.read_bytes() + b" ")
    with pytest.raises(GateFailed, match="other data"):
        activate.activate(settings)


def test_a_table_that_lost_most_of_its_rows_closes_the_gate(copied_home: CopyHome) -> None:

    settings = copied_home()
    made = candidate.make_candidate(settings)
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("delete from kela_flow.funnel where cut <> 'year'")
    receipt = candidate.judge_candidate(settings, "run")
    assert any("kela_flow.funnel: rows since the last release" in problem for problem in receipt.problems)


def test_a_table_without_rows_is_let_through_only_when_its_source_is_gone(
    copied_home: CopyHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied_home()
    made = candidate.make_candidate(settings)
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("delete from effectiveness.goal_attainment")
    with pytest.raises(GateFailed, match="0 rows, and the suite demands at least 1"):
        candidate.judge_candidate(settings, "run")
    gone = lake.filled(settings) - {"avain_goal"}
    monkeypatch.setattr("avainvarasto.lake.filled", lambda _settings: gone)
    receipt = candidate.judge_candidate(settings, "run")
    assert receipt.problems == []
    (lost,) = [result for result in receipt.results if not result.passed]
    assert (lost.rule, lost.severity) == ("effectiveness.goal_attainment: rows since the last release", "warning")


def test_a_candidate_of_an_older_build_is_refused(copied_home: CopyHome) -> None:
    settings = copied_home()
    made = candidate.make_candidate(settings)
    candidate.judge_candidate(settings, "run")
    record = json.loads((made.folder / "release.json").read_text())
    record["build"]["build_id"] = "20180101T000000-00"
    (made.folder / "release.json").write_text(json.dumps(record))
    with pytest.raises(ReleaseRefused, match="a newer build exists"):
        activate.activate(settings)


def test_a_published_column_without_labels_stops_the_candidate(
    copied_home: CopyHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avainvarasto.release.reference._ADDED", [{"name": "nameless"}])
    with pytest.raises(ContractError, match="no label in three languages for nameless"):
        candidate.make_candidate(copied_home())


def test_nothing_is_activated_without_a_candidate(copied_home: CopyHome) -> None:
    with pytest.raises(ReleaseRefused, match="there is no candidate"):
        activate.activate(copied_home())


def test_an_earlier_release_comes_back_with_one_flip(copied_home: CopyHome) -> None:
    settings = copied_home()
    first = active(settings)
    candidate.make_candidate(settings)
    candidate.judge_candidate(settings, "run")
    second = activate.activate(settings).name
    assert active(settings) == second != first
    activate.rollback(settings, first)
    assert active(settings) == first
    assert [(name, live) for name, _, live in activate.releases(settings)] == [(first, True), (second, False)]
    assert not status.news(settings).anything  # the night must not bring back what was taken away
    with pytest.raises(ReleaseRefused, match="no such release"):
        activate.rollback(settings, "r0")


def test_a_second_run_is_refused_while_one_is_in_progress(copied_home: CopyHome) -> None:
    settings = copied_home()
    with home.run_lock(settings):
        refused = run_night(settings.home)
    assert refused.code == 1
    assert "another run is in progress since" in refused.output


def test_a_run_that_cannot_even_start_is_a_failure_and_says_why(
    copied_home: CopyHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = copied_home()
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))  # put back what the run sets
    with home.run_lock(settings):
        assert night.run_nightly(settings, 0.0) == 1
    assert "another run is in progress since" in " ".join(capsys.readouterr().out.split())

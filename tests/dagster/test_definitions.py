"""The code location: which assets exist, what they wait for, what blocks, when it runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pytest

from avainvarasto.contracts import load_contracts
from avainvarasto.settings import PROJECT_ROOT
from dagster_project.assets.landing import ARRIVALS, REGISTRY, landed
from dagster_project.assets.release import CANDIDATE, RELEASE
from dagster_project.assets.warehouse import BUILD, WRITER
from dagster_project.definitions import build_defs
from tests.conftest import Night

CONTRACTS = load_contracts(PROJECT_ROOT / "expectations")


@pytest.fixture(scope="module")
def definitions(night: Night) -> Iterator[dg.Definitions]:
    yield build_defs(night.settings)


def graph(definitions: dg.Definitions) -> dg.AssetGraph:
    return definitions.resolve_asset_graph()


def test_importing_the_project_imports_no_orchestrator_and_reads_nothing() -> None:
    code = (
        "import sys\n"
        "import dagster_project, avainvarasto.cli, avainvarasto.status, avainvarasto.home\n"
        "assert not {'dagster', 'dagster_dbt', 'great_expectations', 'dbt'} & set(sys.modules), 'too much imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_contract_has_a_landing_asset_and_a_lake_asset(definitions: dg.Definitions) -> None:
    keys = graph(definitions).get_all_asset_keys()
    assert {landed(extract) for extract in CONTRACTS} | {ARRIVALS, BUILD, CANDIDATE, RELEASE, *REGISTRY} <= keys
    assert {dg.AssetKey(["lake", extract]) for extract in CONTRACTS} <= keys


def test_a_file_waits_for_its_arrival_and_the_lake_for_all_files(definitions: dg.Definitions) -> None:
    assets = graph(definitions)
    for extract in CONTRACTS:
        document = CONTRACTS[extract].part_of
        assert assets.get(landed(extract)).parent_keys == {landed(document) if document else ARRIVALS}
        assert assets.get(dg.AssetKey(["lake", extract])).parent_keys == {landed(other) for other in CONTRACTS}


def test_staging_reads_the_lake_and_the_build_waits_for_every_model(definitions: dg.Definitions) -> None:
    assets = graph(definitions)
    staged = assets.get(dg.AssetKey(["staging", "stg_kela_person"])).parent_keys
    assert dg.AssetKey(["lake", "kela_person"]) in staged
    models = {key for key in assets.get_all_asset_keys() if key.path[0] in ("staging", "intermediate", "core", "marts")}
    assert len(models) > 50
    assert models <= assets.get(BUILD).parent_keys
    assert assets.get(CANDIDATE).parent_keys == {BUILD}
    assert assets.get(RELEASE).parent_keys == {CANDIDATE}


def test_critical_expectations_block_and_warnings_do_not(definitions: dg.Definitions) -> None:
    checks = {
        key: spec
        for assets_def in definitions.asset_checks or []
        for key, spec in ((spec.key, spec) for spec in assets_def.check_specs)
    }
    population = [spec for key, spec in checks.items() if key.asset_key == landed("ref_population")]
    assert len(population) == 2
    assert all(spec.blocking for spec in population)
    responses = [spec for key, spec in checks.items() if key.asset_key == landed("prosos_printed_response")]
    assert sorted(spec.blocking for spec in responses) == [False, True]
    assert checks[dg.AssetCheckKey(CANDIDATE, "candidate_suites")].blocking


def test_dbt_tests_are_checks_of_their_models(definitions: dg.Definitions) -> None:
    checks = graph(definitions).asset_check_keys
    funnel = dg.AssetKey(["marts", "mart_kela_flow__funnel"])
    assert [key for key in checks if key.asset_key == funnel and "unique_combination" in key.name]


def test_the_night_runs_at_two_in_helsinki(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("every_night")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Europe/Helsinki")
    assert schedule.job_name == "nightly"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_ends_of_nights_that_the_daemon_starts_are_reported_on(definitions: dg.Definitions) -> None:
    sensors = list(definitions.sensors or [])
    assert sorted(sensor.name for sensor in sensors) == ["report_of_a_failed_night", "report_of_a_good_night"]
    assert {sensor.default_status for sensor in sensors} == {dg.DefaultSensorStatus.RUNNING}


def test_every_landed_extract_and_the_release_have_a_freshness_policy(definitions: dg.Definitions) -> None:
    assets = graph(definitions)
    for key in (*(landed(extract) for extract in CONTRACTS), RELEASE):
        assert assets.get(key).freshness_policy is not None, key


def test_whatever_opens_the_build_file_shares_a_pool_of_one(definitions: dg.Definitions) -> None:
    assets = graph(definitions)
    assert assets.get(BUILD).pools == {WRITER}
    assert assets.get(dg.AssetKey(["core", "dim_person"])).pools == {WRITER}

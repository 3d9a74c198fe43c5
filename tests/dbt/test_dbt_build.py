"""What comes out of a build of the small lake, and what stops one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto.release.published import published_tables
from tests.dbt.dbt_build import Build
from tests.dbt.small_lake import small_country, write_small_lake

pytestmark = pytest.mark.dbt


def test_the_printed_response_of_the_survey_is_computed_from_its_sub_projects(build: Build) -> None:
    rows = build.rows("select * from marts.mart_equality__survey_response where cut = 'survey_code,wave'")
    assert {(row["wave"], row["n_answers"], row["n_sent"]) for row in rows} == {
        ("LOPPU2019", 43, 264),
        ("ALKU2017", 85, 221),
    }


def test_two_sub_projects_answered_more_often_than_they_were_asked(build: Build) -> None:
    rows = build.rows("select wave, subproject from marts.mart_equality__survey_response where over_sent")
    assert {(row["wave"], row["subproject"]) for row in rows} == {("ALKU2017", "VASSO"), ("ALKU2017", "SONET_BOTNIA")}


def test_only_the_few_clients_differ_and_figures_of_the_survey_have_a_counterpart(build: Build) -> None:
    """The small lake has 39 clients where the printed document counts 162, and 148 in its figures."""
    rows = build.rows("select measure_key, value, computed, outcome from marts.mart_quality__published_figures")
    differing = {(row["measure_key"], row["value"], row["computed"]) for row in rows if row["outcome"] == "differs"}
    assert differing == {
        ("effectiveness.clients.n_at_mid_evaluation", 162, 39),
        ("effectiveness.clients.n_in_base", 148, 39),
    }
    surveyed = [row for row in rows if row["measure_key"].startswith(("survey_response.", "survey_background."))]
    assert surveyed
    assert "no_data" not in {row["outcome"] for row in surveyed}
    assert sum(row["outcome"] == "agrees" for row in rows) > 100


def test_a_break_names_the_tables_that_cannot_be_made_without_its_series(build: Build) -> None:
    rows = build.rows("select distinct dataset, tables from marts.mart_quality__series_break")
    tables = {row["dataset"]: row["tables"].split(", ") for row in rows}
    assert set(tables) == {"KELA_TOIMEENTULOTUKI", "ETOTU", "AVAIN"}
    needs = {f"{one.schema}.{one.name}": one.needs for one in published_tables(build.target / "manifest.json")}
    of_kela = [name for name, extracts in needs.items() if any(extract.startswith("kela_") for extract in extracts)]
    assert tables["KELA_TOIMEENTULOTUKI"] == sorted([*of_kela, "kela_flow.assistance_series"])
    # Decisions need the law's limits of the notifications' source, not its notifications.
    assert "etotu_deadline_rule" in needs["kela_flow.decisions"]
    assert "kela_flow.decisions" not in tables["ETOTU"]
    assert {"kela_flow.funnel", "kela_flow.transitions"} <= set(tables["ETOTU"])
    assert tables["AVAIN"] == [name for name, extracts in sorted(needs.items()) if "avain_assessment" in extracts]


def test_a_client_without_consent_is_in_no_count_of_goals(build: Build) -> None:
    for table in ("goal_attainment", "clients"):
        (row,) = build.rows(
            f"select n_clients from marts.mart_effectiveness__{table} where cut = 'year' and year = '2018'"
        )
        assert row["n_clients"] == 39, table
    assert build.rows("select 1 from core.fct_avain_goal where person_key = 39") == []


def test_notifications_add_up_over_every_dimension(build: Build) -> None:
    rows = build.rows("select cut, sum(n_notifications) as n from marts.mart_kela_flow__funnel group by cut")
    assert {row["n"] for row in rows} == {60}


def test_the_mask_of_kela_and_withheld_areas_are_shown_apart(build: Build) -> None:
    rows = build.rows(
        "select distinct municipality_code from marts.mart_kela_flow__recipients "
        "where cut = 'basis,municipality_code,year'"
    )
    assert {row["municipality_code"] for row in rows} == {"837", "297", "199", "unknown"}


def test_households_and_euros_do_not_exist_by_sex_age_or_activity(build: Build) -> None:
    rows = build.rows(
        "select n_households, paid_eur, sex = 'all' and age_group = 'all' and activity = 'all' as is_of_households "
        "from marts.mart_kela_flow__recipients"
    )
    assert all((row["n_households"] is not None) == row["is_of_households"] for row in rows)
    assert all((row["paid_eur"] is not None) == row["is_of_households"] for row in rows)


def test_check_results_of_landing_build_and_orphans_stand_together(build: Build) -> None:
    rows = build.rows("select distinct suite, run_id from marts.mart_quality__checks")
    assert {(row["suite"], row["run_id"]) for row in rows} == {
        ("kela_person", "run-1"),
        ("dbt", "run-1"),
        ("orphans", "run-1"),
    }


def test_the_order_of_the_rows_in_the_lake_changes_nothing(build: Build, tmp_path: Path) -> None:
    turned = Build(tmp_path / "turned.duckdb", build.target)
    write_small_lake(turned.file, {extract: rows[::-1] for extract, rows in small_country().items()})
    run = turned.dbt("build", "--exclude", "tag:after_build", "resource_type:test", "resource_type:unit_test")
    assert run.returncode == 0, run.stdout[-3000:]
    for table in (
        "kela_flow__funnel",
        "kela_flow__recipients",
        "kela_flow__decisions",
        "kela_flow__transitions",
        "effectiveness__goal_attainment",
        "effectiveness__clients",
        "effectiveness__goals",
        "effectiveness__factors",
        "effectiveness__factor_change",
        "effectiveness__methods",
    ):
        query = f"select * from marts.mart_{table} order by all"
        assert turned.rows(query) == build.rows(query), table


def test_a_correction_replaces_its_month(build: Build, tmp_path: Path) -> None:
    corrected = Build(tmp_path / "corrected.duckdb", build.target)
    write_small_lake(corrected.file)
    with duckdb.connect(str(corrected.file)) as connection:
        connection.execute(
            "insert into lake.kela_household_month by name "
            "select * replace ('later' as delivery_id, 1.00 as granted_eur) "
            "from lake.kela_household_month where month = date '2018-03-01' and household_key <= 110"
        )
        connection.execute(
            "insert into lake.ledger_month"
            " values ('kela_household_month', 'later', 'kela_household_month.csv', ?, ?, '')",
            [datetime(2019, 2, 8), datetime(2018, 3, 1)],
        )
    run = corrected.dbt("run", "--select", "stg_kela_household_month")
    assert run.returncode == 0, run.stdout[-3000:]
    months = corrected.rows(
        "select month(month) as month, count(*) as n, sum(granted_eur) as eur "
        "from staging.stg_kela_household_month group by 1"
    )
    found: dict[int, tuple[Any, Any]] = {row["month"]: (row["n"], int(row["eur"])) for row in months}
    assert found == dict.fromkeys(range(1, 13), (40, 16000)) | {3: (10, 10)}


@pytest.mark.bite
def test_more_orphans_than_the_limit_stop_the_build(build: Build, tmp_path: Path) -> None:
    bitten = Build(tmp_path / "orphans.duckdb", build.target)
    events = small_country()["etotu_event"]
    strangers = [event | {"notification_id": 9000 + number} for number, event in enumerate(events[:5])]
    write_small_lake(bitten.file, {"etotu_event": events + strangers})
    run = bitten.dbt("build", "--select", "+int_quality__orphan", "--exclude", "resource_type:unit_test")
    assert run.returncode == 1
    assert "FAIL 1 orphans_below_limit" in run.stdout


@pytest.mark.bite
def test_a_key_that_stands_twice_stops_the_build(build: Build, tmp_path: Path) -> None:
    bitten = Build(tmp_path / "twice.duckdb", build.target)
    people = small_country()["kela_person"]
    write_small_lake(bitten.file, {"kela_person": [*people, people[0]]})
    run = bitten.dbt("build", "--select", "stg_kela_person", "--exclude", "resource_type:unit_test")
    assert run.returncode == 1
    assert "FAIL 1 unique_combination_stg_kela_person" in run.stdout


@pytest.mark.bite
def test_a_code_without_a_label_stops_the_build(build: Build, tmp_path: Path) -> None:
    bitten = Build(tmp_path / "code.duckdb", build.target)
    goals = small_country()["avain_goal"]
    write_small_lake(bitten.file, {"avain_goal": [goals[0] | {"goal_code": "G99"}, *goals[1:]]})
    run = bitten.dbt(
        "build", "--select", "+mart_effectiveness__goal_attainment", "--exclude", "resource_type:unit_test"
    )
    assert run.returncode == 1
    assert "code_exists_mart_effectiveness__goal_attainment_goal_code" in run.stdout


@pytest.mark.bite
def test_a_mart_may_be_empty_only_while_an_extract_that_it_needs_has_no_rows(build: Build, tmp_path: Path) -> None:
    bitten = Build(tmp_path / "empty.duckdb", build.target)
    of_goals = ("avain_assessment", "avain_goal", "avain_goal_review", "avain_client_plan_goal")
    write_small_lake(bitten.file, {extract: [] for extract in of_goals})
    mart = "mart_effectiveness__goal_attainment"
    untested = ("--exclude", "resource_type:test", "resource_type:unit_test")
    run = bitten.dbt("build", "--select", f"+{mart}", "stg_ledger", *untested)
    assert run.returncode == 0, run.stdout[-3000:]
    run = bitten.dbt("test", "--select", f"{mart},test_name:not_empty")
    assert "PASS not_empty_mart_effectiveness__goal_attainment" in run.stdout
    with duckdb.connect(str(bitten.file)) as connection:
        connection.execute("update lake.ledger set n_loaded = 5 where extract in ('avain_assessment', 'avain_goal')")
    assert bitten.dbt("run", "--select", "stg_ledger").returncode == 0
    run = bitten.dbt("test", "--select", f"{mart},test_name:not_empty")
    assert "FAIL 1 not_empty_mart_effectiveness__goal_attainment" in run.stdout

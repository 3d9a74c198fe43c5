"""The flat tables in a built warehouse: consent, empty cells, orphans, and the compared list of municipalities."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt.dbt_build import Build
from tests.dbt.small_flat_tables import flat_tables
from tests.dbt.small_lake import write_small_lake

pytestmark = pytest.mark.dbt

WITHOUT_CONSENT = 39
COMPARISON = "municipalities_agree_with_the_delivered_classification"


@pytest.mark.parametrize("table", ["fct_avain_factor", "fct_avain_service", "fct_avain_method"])
def test_rows_of_a_client_without_consent_do_not_reach_core(build: Build, table: str) -> None:
    people = {row["person_key"] for row in build.rows(f"select person_key from core.{table}")}
    assert people == set(range(1, 41)) - {WITHOUT_CONSENT}


def test_an_empty_cell_stays_empty_up_to_core(build: Build) -> None:
    of_forms = "from core.fct_avain_service where form_version = 'AVAIN2018'"
    rows = build.rows(f"select assessment_id, code_set, service_code, used {of_forms}")
    delivered = {row["assessment_id"]: row["used"] for row in flat_tables()["avain_service"]}
    assert {row["used"] for row in rows} == {"K", "E", None}
    assert all(row["used"] == delivered[row["assessment_id"]] for row in rows)
    assert {(row["code_set"], row["service_code"]) for row in rows} == {
        ("service_received", "3"),
        ("service_planned", "3"),
    }


def test_the_delivered_invitations_are_those_of_the_printed_table(build: Build) -> None:
    query = "select wave, subproject, n_sent, n_opened, n_answers from core.fct_survey_{} where subproject <> 'all'"
    printed = build.rows(query.format("printed_response") + " order by all")
    assert printed
    assert build.rows(query.format("invitation") + " order by all") == printed
    over = build.rows("select subproject from core.fct_survey_invitation where over_sent order by all")
    assert [row["subproject"] for row in over] == ["SONET_BOTNIA", "VASSO"]


def test_a_municipality_that_ended_has_its_links_in_todays(build: Build) -> None:
    rows = build.rows("select today_code, area_type from core.dim_area_link where municipality_code = '174'")
    assert rows == [{"today_code": "297", "area_type": "MAAKUNTA"}]


@pytest.mark.bite
def test_a_merger_that_the_seed_lacks_is_told_of_and_does_not_stop_the_build(build: Build, tmp_path: Path) -> None:
    assert "PASS" in build.dbt("test", "--select", COMPARISON).stdout
    bitten = Build(tmp_path / "merger.duckdb", build.target)
    rows = [
        row | {"valid_to": "2026-12-31", "successor_code": "837"} if row["municipality_code"] == "211" else row
        for row in flat_tables()["ref_municipality"]
    ]
    write_small_lake(bitten.file, {"ref_municipality": rows})
    models = ("municipality", "stg_municipality", "stg_ref_municipality", "dim_municipality_validity")
    left_out = ("resource_type:unit_test", "test_name:relationships")  # other seeds are not in this build
    run = bitten.dbt("build", "--select", *models, COMPARISON, "--exclude", *left_out)
    assert run.returncode == 0, run.stdout[-3000:]
    assert f"WARN 2 {COMPARISON}" in run.stdout


@pytest.mark.bite
def test_factors_of_an_assessment_that_is_missing_are_left_out_and_counted(build: Build, tmp_path: Path) -> None:
    bitten = Build(tmp_path / "orphans.duckdb", build.target)
    factors = flat_tables()["avain_factor"]
    strangers = [factors[0] | {"assessment_id": 9000 + number} for number in range(3)]
    write_small_lake(bitten.file, {"avain_factor": factors + strangers})
    run = bitten.dbt("build", "--select", "+int_quality__orphan", "--exclude", "resource_type:unit_test")
    assert run.returncode == 1
    assert "FAIL 1 orphans_below_limit" in run.stdout
    (counted,) = bitten.rows(
        "select n_rows, n_orphans from intermediate.int_quality__orphan where extract = 'avain_factor'"
    )
    assert counted == {"n_rows": len(factors) + 3, "n_orphans": 3}

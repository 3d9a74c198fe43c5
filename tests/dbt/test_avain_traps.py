"""The traps of AVAIN in the warehouse: each is turned on and off in made-up deliveries that pass the door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto import lake
from avainvarasto.synthetic.country.traps import ALL_PLANTED
from avainvarasto.synthetic.sources.deliver import Sources
from avainvarasto.synthetic.writer import write_delivery
from tests.dbt.dbt_build import Build
from tests.dbt.small_lake import small_country, write_small_lake
from tests.deliveries import CONTRACTS, a_home
from tests.landed import take_in
from tests.synthetic_demo import a_country

pytestmark = pytest.mark.dbt

OF_2018 = "cut = 'year' and year = '2018'"
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
MARTS = ("clients", "goal_attainment", "methods", "factor_change")


def built(folder: Path, target: Path, traps: frozenset[int]) -> Build:
    """AVAIN as a country delivers it, up to its marts."""
    home = a_home(folder / "home")
    sources = Sources(a_country(scale=0.002, first="2018-01", traps=traps), CONTRACTS, every=12)
    for delivery in sources.deliveries():
        if delivery.source == "avain":
            write_delivery(home.landing, delivery)
    assert take_in(home)
    made = Build(folder / "build.duckdb", target)
    with duckdb.connect(str(made.file)) as connection:
        lake.create_views(connection, home, CONTRACTS)
    marts = (f"+mart_effectiveness__{mart}" for mart in MARTS)
    done = made.dbt("build", *WITHOUT_TESTS, "--select", *marts, "+fct_avain_service", "+fct_avain_measure")
    assert done.returncode == 0, done.stdout[-4000:]
    return made


@pytest.fixture(scope="module")
def with_traps(tmp_path_factory: pytest.TempPathFactory, target: Path) -> Build:
    return built(tmp_path_factory.mktemp("with"), target, ALL_PLANTED)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory, target: Path) -> Build:
    return built(tmp_path_factory.mktemp("without"), target, frozenset())


def row(build: Build, mart: str, where: str = OF_2018) -> dict[str, Any]:
    (found,) = build.rows(f"select * from marts.mart_effectiveness__{mart} where {where}")
    return found


def test_162_clients_are_counted_and_148_in_the_figures_only_with_the_trap(with_traps: Build, without: Build) -> None:
    for build, in_base in ((with_traps, 148), (without, 162)):
        found = row(build, "clients")
        assert (found["n_at_mid_evaluation"], found["n_in_base"]) == (162, in_base)
        measures = build.rows("select measure_key, computed from core.fct_avain_measure where year = '2018' order by 1")
        assert [one["computed"] for one in measures] == [162, in_base]


def test_who_is_not_in_the_figures_began_too_early_or_names_no_month(with_traps: Build) -> None:
    left_out = with_traps.rows(
        """select date_precision, first_assessment_date < date '2018-03-01' as is_early
           from core.fct_avain_client where is_at_mid_evaluation and not is_in_base"""
    )
    assert len(left_out) == 14
    assert all(one["is_early"] or one["date_precision"] == "Y" for one in left_out)
    assert {one["date_precision"] for one in left_out} == {"D", "Y"}


def test_a_partial_date_has_no_days_to_the_review(with_traps: Build, without: Build) -> None:
    partial = "from core.fct_avain_client where date_precision <> 'D' and form_version = 'AVAIN2018'"
    rows = with_traps.rows(f"select is_reviewed, days_to_review {partial}")
    assert any(one["is_reviewed"] for one in rows)
    assert {one["days_to_review"] for one in rows} == {None}
    assert without.rows(f"select 1 {partial}") == []
    assert row(with_traps, "clients")["n_timed"] < row(with_traps, "clients")["n_reviewed"]
    assert row(without, "clients")["n_timed"] == row(without, "clients")["n_reviewed"]


def test_unreviewed_goals_are_missing_and_open_the_bounds(with_traps: Build, without: Build) -> None:
    some, every = row(with_traps, "goal_attainment"), row(without, "goal_attainment")
    assert every["review_coverage_share"] == 1
    assert every["attained_worst_share"] == every["attained_share"] == every["attained_best_share"]
    assert some["review_coverage_share"] < 1
    assert some["attained_worst_share"] < some["attained_share"] < some["attained_best_share"]
    reviewed = some["n_attained"] + some["n_partly"] + some["n_not_attained"] + some["n_not_current"]
    assert reviewed == some["n_goals_reviewed"] < some["n_goals_set"]


def test_code_3_is_a_service_of_two_lists(with_traps: Build, without: Build) -> None:
    lists = (
        "select distinct code_set from core.fct_avain_service where service_code = '3' and form_version = 'AVAIN2018'"
    )
    assert {one["code_set"] for one in with_traps.rows(lists)} == {"service_received", "service_planned"}
    assert {one["code_set"] for one in without.rows(lists)} == {"service_planned"}


def test_a_method_that_nobody_assessed_is_in_no_count(with_traps: Build, without: Build) -> None:
    """The client of whom all is empty is not in the base; as "no" it would be."""
    looked_back = """select count(distinct person_key) filter (used is not null) as assessed,
                            count(distinct person_key) as n from core.fct_avain_method
                     where section = 'reviewed' and goal_assessment_kind = 'ALKU' and form_version = 'AVAIN2018'"""
    (some,), (every,) = with_traps.rows(looked_back), without.rows(looked_back)
    assert some["assessed"] < some["n"]
    assert every["assessed"] == every["n"]
    assert row(with_traps, "methods")["n_clients"] == some["assessed"]
    assert row(without, "methods")["n_clients"] == every["assessed"]


def test_a_change_is_seen_of_clients_reviewed_only(with_traps: Build) -> None:
    """No factor has more clients than were looked at twice, and one that nobody marked stands with 0."""
    counted = with_traps.rows(
        "select factor_code, n_clients from marts.mart_effectiveness__factor_change where cut = 'factor_code'"
    )
    assert len(counted) == 19
    (reviewed,) = with_traps.rows("select count(distinct person_key) as n from core.fct_avain_client where is_reviewed")
    assert 0 < max(one["n_clients"] for one in counted) < reviewed["n"]


def test_before_any_review_every_table_has_rows_and_none_says_a_goal_was_missed(target: Path, tmp_path: Path) -> None:
    """Nobody has looked back yet: no end, no judgement, no use of a method."""
    made = Build(tmp_path / "early.duckdb", target)
    starts = [one for one in small_country()["avain_assessment"] if one["assessment_kind"] == "ALKU"]
    parts = ("goal_review", "client_plan_goal_review", "client_plan", "client_plan_goal", "client_plan_factor")
    nothing: dict[str, list[dict[str, Any]]] = {f"avain_{part}": [] for part in (*parts, "client_plan_method")}
    write_small_lake(made.file, nothing | {"avain_assessment": starts})
    marts = [f"mart_effectiveness__{mart}" for mart in (*MARTS, "goals", "factors")]
    done = made.dbt("build", *WITHOUT_TESTS, "--select", *(f"+{mart}" for mart in marts), "stg_ledger")
    assert done.returncode == 0, done.stdout[-4000:]
    tested = made.dbt("test", "--select", *(f"{mart},test_name:not_empty" for mart in marts))
    assert f"PASS={len(marts)} " in tested.stdout, tested.stdout[-3000:]
    found = row(made, "goal_attainment")
    assert (found["n_goals_set"], found["n_goals_reviewed"], found["attained_share"]) == (78, 0, None)
    assert (found["attained_worst_share"], found["attained_best_share"]) == (0, 1)
    assert row(made, "methods")["n_clients"] == 0
    change = "select sum(n_clients) as n, count(*) as n_rows from marts.mart_effectiveness__factor_change"
    assert made.rows(f"{change} where cut = 'factor_code'") == [{"n": 0, "n_rows": 19}]

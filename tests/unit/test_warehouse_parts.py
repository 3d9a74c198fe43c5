"""Fingerprints, links and small file habits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from avainvarasto.errors import BuildFailed, GateFailed
from avainvarasto.files import point_link, sha256_of, sha256_of_tree, write_json
from avainvarasto.quality.receipts import Receipt, RuleResult
from avainvarasto.release import figures
from avainvarasto.settings import Settings
from avainvarasto.warehouse import build
from avainvarasto.warehouse.fingerprint import fingerprints


def print_of(sql: str) -> str:
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {sql}")
        return fingerprints(connection, ["main"])["main.t"]


def test_a_fingerprint_does_not_depend_on_the_order_of_rows() -> None:
    assert print_of("from (values (1, 'a'), (2, 'b'))") == print_of("from (values (2, 'b'), (1, 'a'))")


@pytest.mark.parametrize(
    "other",
    [
        "from (values (1, 'a'), (2, 'c')) v(n, t)",
        "from (values (1, 'a')) v(n, t)",
        "from (values (1, 'a'), (2, 'b'), (2, 'b')) v(n, t)",
        "from (values (1, 'b'), (2, 'a')) v(n, t)",
        "from (values (1, 'a'), (2, null)) v(n, t)",
    ],
)
def test_a_fingerprint_changes_with_the_content(other: str) -> None:
    assert print_of("from (values (1, 'a'), (2, 'b')) v(n, t)") != print_of(other)


def test_a_fingerprint_leaves_out_what_tells_runs_apart_and_the_last_bits() -> None:
    one = "select 1 as n, 'r1' as run_id, 'x' as release_id, 0.1 + 0.2 as v"
    other = "select 1 as n, 'r2' as run_id, 'y' as release_id, 0.3 as v"
    assert print_of(one) == print_of(other)


def test_a_link_flips_in_one_step_and_is_relative(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "builds").mkdir(exist_ok=True)
        (tmp_path / "builds" / name).write_text(name)
        point_link(tmp_path / "current", tmp_path / "builds" / name)
        assert (tmp_path / "current").read_text() == name
        assert not (tmp_path / "current").readlink().is_absolute()


def test_the_hash_of_a_tree_follows_names_and_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    paths = [tmp_path / "a", tmp_path / "b"]
    before = sha256_of_tree(paths, tmp_path)
    assert sha256_of_tree(reversed(paths), tmp_path) == before
    (tmp_path / "b").write_text("3")
    assert sha256_of_tree(paths, tmp_path) != before


def test_json_appears_whole(tmp_path: Path) -> None:
    write_json(tmp_path / "x" / "a.json", {"ä": 1})
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["a.json"]


@pytest.mark.bite
def test_no_build_is_finished_that_was_not_begun(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="no build is in progress"):
        build.finish(Settings(home=tmp_path))
    with pytest.raises(BuildFailed, match="no build yet"):
        build.current(Settings(home=tmp_path))


@pytest.mark.bite
def test_no_build_is_finished_whose_tests_left_no_receipt(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    begun = build.begin(settings, {})
    with pytest.raises(GateFailed, match="no receipt of the gate 'build'"):
        build.finish(settings)
    assert Path(begun.file).is_file()
    assert not (settings.warehouse / "current.duckdb").exists()


@pytest.mark.bite
def test_a_build_with_a_failed_test_is_not_finished(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    begun = build.begin(settings, {})
    failed = RuleResult("unique", "critical", 5, 1, False)
    receipt = Receipt(build.GATE, "b", "r", sha256_of(Path(begun.file)), begun.code_state, 1, [failed])
    receipt.write(Path(begun.file).with_suffix(".receipt.json"))
    with pytest.raises(GateFailed, match="'unique' does not hold"):
        build.finish(settings)


@pytest.fixture
def candidate_and_build() -> Iterator[duckdb.DuckDBPyConnection]:
    """A candidate with one survey cell, and the build that computed a figure from it."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; create schema warehouse.marts")
        connection.execute(
            """create table warehouse.marts.mart_quality__published_figures as
               select 'f1' as figure_id, 'survey_response.n_answers' as measure_key, 'S' as survey_code, 'W' as wave,
                      '{"subproject": "all"}' as dims, 'N' as unit, cast(43 as double) as computed"""
        )
        connection.execute("create schema quality; create schema equality")
        connection.execute(
            """create table quality.published_figures as
               select 'f1' as figure_id, cast(43 as double) as computed, 'agrees' as outcome"""
        )
        connection.execute(
            """create table equality.survey_response as
               select 'S' as survey_code, 'W' as wave, 'all' as subproject, 43 as n_answers"""
        )
        yield connection


def test_a_figure_is_read_from_the_candidates_own_cell(candidate_and_build: duckdb.DuckDBPyConnection) -> None:
    assert figures.read_from_candidate(candidate_and_build) == 1


def test_a_figure_whose_cell_is_hidden_is_not_shown_either(candidate_and_build: duckdb.DuckDBPyConnection) -> None:
    candidate_and_build.execute("update equality.survey_response set n_answers = null")
    assert figures.read_from_candidate(candidate_and_build) == 0
    shown = candidate_and_build.execute("select computed, outcome from quality.published_figures").fetchall()
    assert shown == [(None, "no_data")]


def test_a_figure_of_several_measures_is_their_sum_in_the_cell_of_its_own_schema(
    candidate_and_build: duckdb.DuckDBPyConnection,
) -> None:
    refused_and_granted(candidate_and_build)
    assert figures.read_from_candidate(candidate_and_build) == 2
    candidate_and_build.execute("update kela_flow.decisions set n_refused = null")
    assert figures.read_from_candidate(candidate_and_build) == 1
    hidden = candidate_and_build.execute("select computed, outcome from quality.published_figures order by figure_id")
    assert hidden.fetchall() == [(43.0, "agrees"), (None, "no_data")]


@pytest.mark.bite
def test_a_sum_that_differs_from_its_measures_stops_the_candidate(
    candidate_and_build: duckdb.DuckDBPyConnection,
) -> None:
    refused_and_granted(candidate_and_build)
    candidate_and_build.execute("update kela_flow.decisions set n_refused = 6 where cut = 'month'")
    with pytest.raises(GateFailed, match=r"f2.*kela_flow\.decisions"):
        figures.read_from_candidate(candidate_and_build)


def refused_and_granted(connection: duckdb.DuckDBPyConnection) -> None:
    """A second figure: 20 + 5 decisions of a month, beside a year of the same table."""
    connection.execute(
        """insert into warehouse.marts.mart_quality__published_figures
           values ('f2', 'kela_flow.decisions.n_granted+n_refused', null, null,
                   '{"cut": "month", "month": "2018-03"}', 'N', 25);
           insert into quality.published_figures values ('f2', 25, 'agrees');
           create schema kela_flow;
           create table kela_flow.decisions as
           select * from (values ('month', '2018-03', 20, 5), ('month', '2018-04', 7, 7), ('year', 'all', 90, 9))
           as t (cut, month, n_granted, n_refused)"""
    )


@pytest.mark.bite
def test_a_figure_that_differs_from_its_cell_stops_the_candidate(
    candidate_and_build: duckdb.DuckDBPyConnection,
) -> None:
    candidate_and_build.execute("update equality.survey_response set n_answers = 44")
    with pytest.raises(GateFailed, match="says something else than the warehouse computed"):
        figures.read_from_candidate(candidate_and_build)

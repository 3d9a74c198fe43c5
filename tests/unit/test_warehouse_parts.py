"""Fingerprints, links and small file habits."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from avainvarasto.errors import BuildFailed
from avainvarasto.files import point_link, sha256_of_tree, write_json
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

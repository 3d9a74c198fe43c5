"""The effect from the build's core to its published tables: what is there, and what a home of little data says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from avainvarasto.errors import BuildFailed
from avainvarasto.warehouse.estimates import write_estimates
from tests.dbt.dbt_build import Build

pytestmark = pytest.mark.dbt


def test_a_home_of_little_data_says_that_nothing_was_found_in_every_row(build: Build) -> None:
    rows = build.rows("select * from marts.mart_effectiveness__receipt_effect")
    assert len(rows) == 456
    assert {(row["estimate"], row["p_randomisation"], row["n_treated"], row["could_be_found"]) for row in rows} == {
        (None, None, 0, None)
    }
    contrasts = build.rows("select * from marts.mart_effectiveness__receipt_difference")
    assert len(contrasts) == 24
    assert {row["rmst12_difference_months"] for row in contrasts} == {None}


def test_the_estimates_stand_beside_the_lake_and_hold_no_person(build: Build) -> None:
    folder = build.file.parent / "estimates"
    assert {path.name for path in folder.iterdir()} == {"effect_estimate.parquet", "difference_estimate.parquet"}
    with duckdb.connect() as connection:
        for path in folder.iterdir():
            columns = [row[0] for row in connection.execute(f"describe from '{path}'").fetchall()]
            assert not [name for name in columns if name.endswith("_key")]


@pytest.mark.bite
def test_estimates_that_fail_stop_the_build(tmp_path: Path) -> None:
    file = tmp_path / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema lake")
    with pytest.raises(BuildFailed, match="estimates of the effect failed"):
        write_estimates(file, tmp_path / "estimates")
    assert not (tmp_path / "estimates").exists()

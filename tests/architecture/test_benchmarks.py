"""Benchmarks run; their figures stand in docs, since a loaded machine would make a test of them flaky."""

from __future__ import annotations

import subprocess
import sys

import pytest

from avainvarasto.settings import PROJECT_ROOT

pytestmark = pytest.mark.architecture


def test_the_benchmark_of_landing_prints_its_two_tables() -> None:
    made = subprocess.run(
        [sys.executable, "benchmarks/landing.py", "--rows", "4000", "--rounds", "1", "--memory", "2000"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = made.stdout.splitlines()
    assert lines[0] == "| step, 4,000 rows | seconds | rate to bare |"
    steps = [line.split("|")[1].strip() for line in lines[2:5]]
    assert steps == ["bare COPY", "the door", "the door and a warm suite"]
    assert all(float(line.split("|")[3]) > 0 for line in lines[2:5])
    assert lines[-1].startswith("| 2,000 |")


def test_the_benchmark_of_the_flow_prints_its_two_tables() -> None:
    small = ["--person-months", "30000", "--from", "2017-01", "--to", "2018-06", "--notices-times", "2"]
    made = subprocess.run(
        [sys.executable, "benchmarks/flow.py", *small], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    lines = made.stdout.splitlines()
    assert [part.split()[1] for part in lines[0].split(", ")] == [
        "notifications",
        "events",
        "decisions",
        "person-months",
    ]
    assert [line.split("|")[1].strip() for line in lines[4:6]] == ["staging to core", "all marts of the flow"]
    assert {line.split("|")[1].strip() for line in lines[9:]} >= {
        "mart_kela_flow__funnel",
        "mart_kela_flow__recipients",
    }


def test_the_benchmark_of_effectiveness_prints_growth_models_and_peers() -> None:
    small = ["--person-months", "10000", "30000", "--from", "2017-01", "--to", "2018-06", "--rounds", "1"]
    made = subprocess.run(
        [sys.executable, "benchmarks/effectiveness.py", *small],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    tables = [table.splitlines() for table in made.stdout.split("\n\n")]
    assert tables[0][0] == "| person-months | seconds | peak memory, MB | times the first |"
    assert [line.split("|")[4].strip() for line in tables[0][2:3]] == ["1.0"]
    assert len(tables[0]) == 4
    # Which models are slowest is a matter of timing.
    models = {path.stem for path in (PROJECT_ROOT / "dbt" / "models").rglob("*.sql")} | {"estimates of the effect"}
    named = [line.split("|")[1].strip() for line in tables[1][2:]]
    assert len(named) == 12
    assert set(named) <= models
    assert [line.split("|")[1].strip() for line in tables[2][2:4]] == ["DuckDB", "polars"]

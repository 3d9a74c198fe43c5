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

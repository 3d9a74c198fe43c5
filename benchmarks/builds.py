"""What benchmarks of the warehouse share: a lake of the made-up country, and dbt run on it with its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from avainvarasto import lake
from avainvarasto.contracts import load_contracts
from avainvarasto.settings import PROJECT_ROOT, Settings


@dataclass(frozen=True)
class Run:
    """One run of dbt: seconds with its start, seconds by model, and the largest memory of its process."""

    seconds: float
    models: dict[str, float]
    peak_mb: float


def make_lake(home: Settings, person_months: int, first: str, last: str) -> None:
    """Rows of the made-up country, written into the lake without the door."""
    command = [sys.executable, "-m", "avainvarasto.cli", "demo", "lake", "--person-months", str(person_months)]
    subprocess.run(
        [*command, "--from", first, "--to", last],
        check=True,
        cwd=PROJECT_ROOT,
        env=os.environ | {"AVAINVARASTO_HOME": str(home.home)},
        stdout=subprocess.DEVNULL,
    )


def begin(home: Settings, folder: Path) -> Path:
    """A new build file in the folder, with the lake's files as views and the seeds."""
    file = folder / "build.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        lake.create_views(connection, home, load_contracts(home.expectations))
    dbt(folder, "seed")
    return file


def estimate(folder: Path) -> Run:
    """The estimates of the effect, made of the build file of the folder."""
    step = "import sys; from pathlib import Path; from avainvarasto.warehouse.estimates import write_estimates"
    call = f"{step}; write_estimates(*map(Path, sys.argv[1:]))"
    paths = [str(folder / name) for name in ("build.duckdb", "estimates")]
    seconds, peak = _timed(folder, [sys.executable, "-c", call, *paths])
    return Run(seconds, {}, peak)


def dbt(folder: Path, *arguments: str) -> Run:
    """One run of dbt on the build file of the folder; what it says is shown where it fails."""
    command = [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments, "--project-dir", "dbt"]
    seconds, peak = _timed(folder, command)
    results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    return Run(seconds, {one["unique_id"].rpartition(".")[2]: one["execution_time"] for one in results}, peak)


def _timed(folder: Path, command: list[str]) -> tuple[float, float]:
    """Seconds and peak memory in MB of a process."""
    environment = os.environ | {
        "BUILD_FILE": str(folder / "build.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROFILES_DIR": str(PROJECT_ROOT / "dbt"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    start = time.perf_counter()
    with (folder / "said.txt").open("wb") as said:
        made = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(made.pid, 0)
    taken = time.perf_counter() - start
    if status:
        raise SystemExit((folder / "said.txt").read_text(encoding="utf-8")[-3000:])
    return taken, usage.ru_maxrss / 1024

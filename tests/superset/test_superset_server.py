"""The small parts of starting and ending: process groups, the environment's pins, what serve waits for."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from avainvarasto.errors import SupersetRefused
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.superset import server
from dagster_project.serve import _wait_for_an_end

pytestmark = pytest.mark.superset

# Starts a child of its own and ignores the polite signal, as a hanging server would.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def _alive(pid: int) -> bool:
    """Running, and not merely waiting to be collected by its parent."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_process_that_ignores_the_polite_signal_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "STOP_SECONDS", 1)
    process = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    assert _alive(child)
    server.stop_group(process)
    assert process.poll() is not None
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def test_serve_notices_which_part_ended() -> None:
    lasting = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    ending = subprocess.Popen([sys.executable, "-c", "pass"], start_new_session=True)
    try:
        assert _wait_for_an_end({"lasting": lasting, "ending": ending}) == "ending"
    finally:
        server.stop_group(lasting)


@pytest.mark.bite
def test_without_supersets_environment_the_remedy_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", superset_venv=tmp_path / "nowhere")
    with pytest.raises(SupersetRefused, match="make serve"):
        server.start(settings)
    assert not (tmp_path / "home").exists()


def _pins(name: str) -> dict[str, str]:
    lines = (PROJECT_ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("#")[0].strip().partition("==") for line in lines)
    return {package: version for package, _, version in pairs if package}


def test_supersets_environment_holds_what_its_list_asks_for() -> None:
    asked, pinned = _pins("superset.in"), _pins("superset.txt")
    assert asked
    assert not [package for package in asked if package not in pinned]
    assert {package: pinned[package] for package, version in asked.items() if version} == {
        package: version for package, version in asked.items() if version
    }


def test_reader_and_writer_of_the_release_file_are_the_same_duckdb() -> None:
    assert _pins("superset.txt")["duckdb"] == _pins("main.txt")["duckdb"]

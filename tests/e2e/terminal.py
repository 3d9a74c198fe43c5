"""Helpers of the end-to-end tests: the serve command as a user runs it in a terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from avainvarasto.settings import PROJECT_ROOT, Settings


def demand(available: bool, reason: str) -> None:
    """Skip where a tool is missing; where everything must be tested (CI), fail instead."""
    if not available:
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@dataclass(frozen=True)
class Terminal:
    """A served home as a user sees it in a terminal."""

    url: str
    user: str
    password: str
    process: subprocess.Popen[str]
    orchestrator: str | None = None

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """SIGTERM, as an operator or a machine that shuts down sends it, or SIGINT, which is Ctrl-C."""
        self.process.send_signal(sign)
        try:
            return self.process.wait(timeout=90)
        finally:
            self.process.kill()


@contextlib.contextmanager
def terminal(settings: Settings, *, start_dagster: bool = False) -> Iterator[Terminal]:
    """Run the serve command and read its output until it says that all is up."""
    demand(
        (settings.superset_venv / "bin" / "python").is_file(),
        f"Superset's environment is not at {settings.superset_venv}; `make test` makes it",
    )
    program = f"import sys; from dagster_project.serve import main; sys.exit(main(start_dagster={start_dagster}))"
    environment = os.environ | {
        "AVAINVARASTO_HOME": str(settings.home),
        "AVAINVARASTO_SUPERSET_VENV": str(settings.superset_venv),
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    found = Terminal("", "", "", process)
    try:
        found = _read_account(process)
        yield found
    finally:
        found.end()


def _read_account(process: subprocess.Popen[str]) -> Terminal:
    assert process.stdout is not None
    values: dict[str, str] = {}
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        words = line.split()
        if words and words[0] in ("Dashboards", "user", "password", "Orchestrator"):
            values[words[0]] = words[1]
        if line.startswith("Ctrl-C"):
            url = values["Dashboards"].split("/superset/")[0]
            return Terminal(url, values["user"], values["password"], process, values.get("Orchestrator"))
    pytest.fail("serve ended early:\n" + "".join(lines))


@dataclass(frozen=True)
class FirstStart:
    """What was seen when the home was served for the first time and ended again."""

    password: str
    processes_while_serving: list[int]
    jobs: list[str]
    exit_code: int
    processes_after: list[int]


def processes_of(home: Path) -> list[int]:
    """Numbers of the processes that were started with this home, from the system's own list."""
    mark = f"AVAINVARASTO_HOME={home}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def jobs_of(orchestrator: str | None) -> list[str]:
    """Jobs and schedules that Dagster's web server offers, asked until it has loaded the code."""
    assert orchestrator is not None
    question = "{ repositoriesOrError { ... on RepositoryConnection { nodes { jobs { name } schedules { name } } } } }"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.ConnectionError):
            answer = requests.post(f"{orchestrator}/graphql", json={"query": question}, timeout=30).json()
            if nodes := answer["data"]["repositoriesOrError"].get("nodes"):
                return [one["name"] for node in nodes for kind in ("jobs", "schedules") for one in node[kind]]
        time.sleep(1)
    pytest.fail("the orchestrator did not come up")

"""A released home, the served Superset on it, and a browser: the real things, ended by their processes."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from avainvarasto.settings import Settings
from tests.conftest import Night
from tests.e2e.terminal import FirstStart, Terminal, demand, jobs_of, processes_of, terminal


@pytest.fixture(scope="session")
def released_home(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home after the first night of the demo, as a copy that the served parts may write into."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(night.settings.home, home, symlinks=True)
    environment = os.environ.get("AVAINVARASTO_SUPERSET_VENV")
    return Settings(home=home, **({"superset_venv": Path(environment)} if environment else {}))


@pytest.fixture(scope="session")
def first_start(released_home: Settings) -> FirstStart:
    with terminal(released_home, start_dagster=True) as served:
        running = processes_of(released_home.home)
        jobs = jobs_of(served.orchestrator)
        code = served.end(signal.SIGINT)
        return FirstStart(served.password, running, jobs, code, processes_of(released_home.home))


@pytest.fixture(scope="session")
def served(released_home: Settings, first_start: FirstStart) -> Iterator[Terminal]:
    """The second start of the same home; it stays up for the tests."""
    with terminal(released_home) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, with a fresh profile and no traffic of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    demand(path is not None, "no Chromium on this machine: the dashboard's page is not looked at")
    sync_api = pytest.importorskip("playwright.sync_api")
    flags = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=flags)
        try:
            yield chromium
        finally:
            chromium.close()

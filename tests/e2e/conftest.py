"""A released home, the served Superset on it, and a browser: the real things, ended by their processes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from avainvarasto.settings import Settings
from tests.e2e.terminal import FirstStart, Terminal, demand, processes_of, terminal
from tests.superset.stub_release import write_release


@pytest.fixture(scope="session")
def released_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home with an active release, laid out as releases are."""
    home = tmp_path_factory.mktemp("home")
    environment = os.environ.get("AVAINVARASTO_SUPERSET_VENV")
    settings = Settings(home=home, **({"superset_venv": Path(environment)} if environment else {}))
    write_release(settings.release / "r1" / "release.duckdb")
    (settings.release / "current").symlink_to("r1")
    (settings.release / "current.duckdb").symlink_to("current/release.duckdb")
    return settings


@pytest.fixture(scope="session")
def first_start(released_home: Settings) -> FirstStart:
    with terminal(released_home) as served:
        running = processes_of(released_home.home)
        code = served.end()
        return FirstStart(served.password, running, code, processes_of(released_home.home))


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

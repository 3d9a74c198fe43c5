"""Markers follow folders; and one whole night of the demo, shared by every test that looks at what it left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from avainvarasto.settings import PROJECT_ROOT, Settings

TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).relative_to(TESTS).parts[0]
        item.add_marker(getattr(pytest.mark, folder))


@dataclass(frozen=True)
class Night:
    """A run in a process of its own: its home, exit code and output."""

    settings: Settings
    code: int
    output: str


def run_night(home: Path, **environment: str) -> Night:
    """`make run` without the set-up, in `home`."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("AVAINVARASTO_")}
    done = subprocess.run(
        [sys.executable, "-m", "dagster_project"],
        cwd=PROJECT_ROOT,
        env=given | {"AVAINVARASTO_HOME": str(home), "COLUMNS": "160", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Night(Settings(home=home), done.returncode, done.stdout)


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night of an empty home: demo deliveries, landing, warehouse, release. Tests leave it as it is."""
    done = run_night(tmp_path_factory.mktemp("night"))
    assert done.code == 0, done.output
    return done


@pytest.fixture
def copied_home(night: Night, tmp_path: Path) -> Callable[[], Settings]:
    """A copy of the home after its first night, to do with as a test likes."""

    def copy() -> Settings:
        home = tmp_path / "home"
        shutil.copytree(night.settings.home, home, symlinks=True)
        return Settings(home=home)

    return copy

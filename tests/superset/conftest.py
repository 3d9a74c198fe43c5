"""Assets and a stub release for the checks that need no server."""

from __future__ import annotations

from pathlib import Path

import pytest

from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.superset.assets import Assets, load_assets
from avainvarasto.superset.release_file import ReleaseFacts, read_release
from tests.superset.stub_release import write_release


@pytest.fixture(scope="session")
def stub_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release file with the published tables that the dashboards read."""
    path = tmp_path_factory.mktemp("release") / "release.duckdb"
    write_release(path)
    return path


@pytest.fixture(scope="session")
def facts(stub_release: Path) -> ReleaseFacts:
    return read_release(stub_release)


@pytest.fixture
def assets() -> Assets:
    """The project's assets, read anew, so that a test may spoil them."""
    return load_assets(PROJECT_ROOT / "superset" / "assets")

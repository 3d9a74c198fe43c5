"""A small made-up country: delivered once, and read once, for all tests that look at its deliveries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.synthetic_demo import Tables, a_landing


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its landing folder. Tests leave it as it is."""
    return a_landing(tmp_path_factory.mktemp("country"))


@pytest.fixture(scope="session")
def tables(landing: Path) -> Tables:
    """What was delivered, by extract."""
    return Tables(landing)

"""The demo's deliveries, written once for all tests that look at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.synthetic_demo import a_landing


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The landing folder of the demo. Tests leave it as it is."""
    return a_landing(tmp_path_factory.mktemp("demo"))

"""An empty home, for the gates that must refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from avainvarasto.settings import Settings
from tests.deliveries import a_home


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with a key and nothing else."""
    return a_home(tmp_path)

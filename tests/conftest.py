"""Markers follow folders: a test under tests/unit is marked unit, and so on."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).relative_to(TESTS).parts[0]
        item.add_marker(getattr(pytest.mark, folder))

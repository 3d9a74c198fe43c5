"""One scan of what the night left, shared by the tests that ask it different questions."""

from __future__ import annotations

import pytest

from tests.conftest import Night
from tests.privacy.leak_needles import Needles, sought_in_demo
from tests.privacy.leak_scan import Scan, scan_tree


@pytest.fixture(scope="session")
def needles() -> Needles:
    """All that is looked for, but for the key of a home."""
    return Needles(sought_in_demo())


@pytest.fixture(scope="session")
def night_scan(night: Night) -> Scan:
    """The home of the night, with its key among what must not be found."""
    key = night.settings.person_key_file.read_bytes()
    return scan_tree(night.settings.home, Needles(sought_in_demo(), {"pseudonymisation key": key}))

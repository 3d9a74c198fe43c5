"""What the dashboards' server keeps of its work - metadata, logs, caches - names nobody."""

from __future__ import annotations

import pytest

from avainvarasto.settings import Settings
from avainvarasto.superset.client import Client
from tests.e2e.terminal import Terminal
from tests.privacy.leak_needles import Needles, sought_in_demo
from tests.privacy.leak_scan import BYTES, scan_tree

pytestmark = [pytest.mark.e2e, pytest.mark.privacy]


def test_no_identifier_is_found_in_a_served_home(served: Terminal, released_home: Settings) -> None:
    admin = Client(served.url, served.user, served.password)
    for chart in admin.rows("chart/"):  # the server has worked and may have kept what it showed
        assert admin.get(f"chart/{chart['id']}/data/")["result"]
    key_file = released_home.person_key_file
    key = {"pseudonymisation key": key_file.read_bytes()} if key_file.is_file() else {}
    scan = scan_tree(released_home.home, Needles(sought_in_demo(), key))
    assert scan.leaks == []
    superset = [finding for finding in scan.unreadable if finding.file.startswith("superset/")]
    assert superset == []
    for file, place in (
        ("metadata.db", "logs.json"),
        ("metadata.db", "slices.query_context"),
        ("metadata.db", "ab_user.username"),
        ("server.log", BYTES),
    ):
        assert (f"superset/{file}", place) in scan.looked

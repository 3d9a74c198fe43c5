"""The point of a backup: a home that is made of it builds the same tables as the home that it was made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from avainvarasto import lake, status
from avainvarasto.backup.restore import restore
from avainvarasto.backup.take import back_up
from avainvarasto.release import activate
from avainvarasto.settings import Settings
from avainvarasto.warehouse import build
from tests.conftest import run_night

pytestmark = pytest.mark.dagster


def test_a_night_in_a_restored_home_builds_equal_tables(copied_home: Callable[[], Settings], tmp_path: Path) -> None:
    before = copied_home()
    (tmp_path / "backups").mkdir()
    record = back_up(before, tmp_path / "backups")
    after = Settings(home=tmp_path / "restored")
    restore(after, record)
    assert lake.lake_state(after) == lake.lake_state(before) == json.loads(record.read_text())["lake_state"]
    assert activate.releases(after) == activate.releases(before)
    assert not after.warehouse.exists()
    assert status.release_is_behind(after)
    night = run_night(after.home)
    assert night.code == 0, night.output
    prints, old_prints = build.current(after)[1]["fingerprints"], build.current(before)[1]["fingerprints"]
    assert prints == old_prints
    assert len(prints) > 50
    assert [release_id for release_id, _, _ in activate.releases(after)][:-1] == [
        release_id for release_id, _, _ in activate.releases(before)
    ]
    assert not status.news(after).anything

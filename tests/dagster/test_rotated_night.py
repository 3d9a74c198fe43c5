"""A night under a new key publishes what the one before did; a release that is to go, goes when the next is active."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto import cli, status
from avainvarasto import home as homes
from avainvarasto.files import write_json
from avainvarasto.release import activate, candidate, withdrawal
from avainvarasto.settings import Settings
from tests.conftest import Night, run_night

pytestmark = pytest.mark.dagster
OF_A_RELEASE = ("release_id", "build_id", "lake_state", "run_id")
CopyHome = Callable[[], Settings]


def published(settings: Settings) -> dict[str, Any]:
    """Every table of the active release by its rows, without what names the release, run or build."""
    tables = {}
    with duckdb.connect(str((settings.release / "current.duckdb").resolve()), read_only=True) as connection:
        named = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        for schema, table in named:
            relation = connection.table(f'"{schema}"."{table}"')
            kept = ", ".join(f'"{name}"' for name in relation.columns if name not in OF_A_RELEASE)
            rows = connection.execute(f'select {kept} from "{schema}"."{table}" order by all').fetchall()
            tables[f"{schema}.{table}"] = rows
    return tables


def fingerprints(settings: Settings) -> dict[str, str]:
    record = json.loads((settings.warehouse / "current.duckdb").resolve().with_suffix(".json").read_text())
    found: dict[str, str] = record["fingerprints"]
    return found


def test_a_night_after_rotation_publishes_the_same_tables(
    night: Night, copied_home: CopyHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied_home()
    before = fingerprints(night.settings)
    monkeypatch.setenv("AVAINVARASTO_HOME", str(settings.home))
    assert not status.release_is_behind(settings)
    assert cli.main(["keys", "rotate"]) == 0
    assert status.release_is_behind(settings)
    again = run_night(settings.home)
    assert again.code == 0, again.output
    after = fingerprints(settings)
    assert {name: rows.split(":")[0] for name, rows in after.items()} == {
        name: rows.split(":")[0] for name, rows in before.items()
    }
    marts = {name: rows for name, rows in after.items() if name.startswith("marts.")}
    assert marts == {name: rows for name, rows in before.items() if name.startswith("marts.")}
    assert after["core.dim_person"] != before["core.dim_person"]
    ours, theirs = published(settings), published(night.settings)
    assert len(ours) > 10
    assert [name for name in theirs if ours[name] != theirs[name]] == []
    assert len(activate.releases(settings)) == 2
    assert not status.release_is_behind(settings)


def test_a_release_that_is_to_go_goes_with_the_next_activation(copied_home: CopyHome) -> None:
    settings = copied_home()
    (old,) = withdrawal.standing(settings)
    write_json(withdrawal.pending_file(settings), {"releases": [old]})
    with homes.run_lock(settings):
        assert withdrawal.standing(settings) == [old]
    candidate.make_candidate(settings)
    assert candidate.judge_candidate(settings, "run").passed
    new: Path = activate.activate(settings)
    assert withdrawal.standing(settings) == [new.name]
    assert [path.name for path in (settings.release / old).rglob("*")] == ["release.json"]

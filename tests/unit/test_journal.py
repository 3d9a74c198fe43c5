"""A rewrite happens whole or not at all: killed at any of its steps, a home is as before or, once settled, as after."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from avainvarasto import home as homes
from avainvarasto.rewrite import journal
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.deliveries import a_home
from tests.pseudonymous_home import SMALL, fill

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("what", ["rotate", "forget", "settle"])
def test_a_rewrite_killed_at_any_step_leaves_the_old_home_or_the_new(what: str, tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    fill(settings, {name: SMALL[name] for name in ("kela_person", "etotu_notification")})
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.killed_rewrites", what, str(tmp_path)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["mixtures"] == []
    # Both sides of the moment from which on it will happen were tried.
    assert found["new"] > 3
    assert found["old"] > 10 or what == "settle"


def a_file(settings: Settings, text: str = "old") -> Path:
    path = settings.lake / "kela" / "kela_person" / "d" / "person.parquet"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_what_was_not_committed_did_not_happen(tmp_path: Path) -> None:
    settings = a_home(tmp_path)
    path = a_file(settings)
    with pytest.raises(ZeroDivisionError), journal.begin(settings) as rewrite:
        rewrite.stage(path).write_text("new")
        rewrite.stage(settings.aliases_file).write_text("new")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.rglob("*rewrite*")) == []


def test_a_file_is_staged_in_its_own_zone(tmp_path: Path) -> None:
    settings = a_home(tmp_path)
    with journal.begin(settings) as rewrite:
        for zone in (settings.restricted, settings.quarantine, settings.lake, settings.keys):
            assert rewrite.stage(zone / "a" / "b.parquet").is_relative_to(zone)


def test_a_ready_rewrite_is_finished_by_whoever_takes_the_lock(tmp_path: Path) -> None:
    settings = a_home(tmp_path)
    path = a_file(settings)
    staged = settings.lake / "_rewrite" / "000000.parquet"
    staged.parent.mkdir()
    staged.write_text("new")
    moves = [[staged.relative_to(tmp_path).as_posix(), path.relative_to(tmp_path).as_posix()]]
    record = {"path": "lake/_forgotten/a.json", "content": {"kind": "person"}}
    (staged.parent / "ready.json").write_text(json.dumps({"moves": moves, "removes": ["logs"], "record": record}))
    settings.logs.mkdir()
    with homes.run_lock(settings):
        assert path.read_text() == "new"
        assert not settings.logs.exists()
        assert not staged.parent.exists()
    assert set(json.loads((settings.lake / "_forgotten" / "a.json").read_text())) == {"kind", "finished"}

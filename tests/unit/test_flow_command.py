"""`avainvarasto flow xes`: where a log may go, on what ground, and what is recorded before it is there."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto import cli
from avainvarasto.errors import RunInProgress
from avainvarasto.eventlog import cases, export, ledger, place
from avainvarasto.exit_codes import ExitCode
from avainvarasto.files import sha256_of
from avainvarasto.home import run_lock
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.flow_builds import BUILD, PERSON, Notice, a_build, by_the_book, took
from tests.rights import as_nobody, give_to_nobody

pytestmark = pytest.mark.unit

CASE = 987_654_321
GROUND = ["--purpose", "how notices move", "--person", "Tutkija Ä"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    path = tmp_path / "home"
    path.mkdir()
    for name in list(os.environ):
        if name.startswith("AVAINVARASTO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AVAINVARASTO_HOME", str(path))
    settings = Settings(home=path)
    a_build(settings, [by_the_book(CASE), Notice(CASE + 1, datetime(2018, 4, 1), "ALENNETTU_PERUSOSA")])
    return settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mine"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def refused(home: Settings, folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., str]]:
    """Gives a call that must be refused; afterwards nothing is there and nothing recorded."""

    def call(*arguments: str, ground: list[str] = GROUND) -> str:
        assert cli.main(["flow", "xes", *arguments, *ground]) == ExitCode.REFUSED_OR_FAILED
        said = capsys.readouterr()
        assert said.out == ""
        assert not any(secret in said.err for secret in (str(CASE), str(PERSON)))
        return said.err

    before = sorted(folder.rglob("*"))
    yield call
    assert sorted(folder.rglob("*")) == before
    assert recorded(home) == []


def recorded(home: Settings) -> list[dict[str, Any]]:
    path = ledger.record_file(home)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


# --- what is written


def test_a_log_is_written_recorded_and_named(home: Settings, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "flow.xes"
    filters = ["--from", "2018-03", "--to", "2018-04", "--type", "YHTEYDENOTTO", "--type", "YHTEYDENOTTO"]
    assert cli.main(["flow", "xes", str(file), *GROUND, "--permit", "THL/1", *filters]) == ExitCode.IN_ORDER
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["flow.xes"]
    (line,) = recorded(home)
    assert datetime.fromisoformat(line.pop("exported_at")).utcoffset()
    assert line == {
        "person": "Tutkija Ä",
        "account": ledger.account(),
        "purpose": "how notices move",
        "permit": "THL/1",
        "file": "flow.xes",
        "size": file.stat().st_size,
        "sha256": sha256_of(file),
        "n_traces": 1,
        "n_events": 3,
        "keys": "random",
        "sent_from": "2018-03",
        "sent_to": "2018-04",
        "types": ["YHTEYDENOTTO"],
        "build_id": BUILD,
        "nature": "synthetic",
    }
    said = capsys.readouterr().out
    assert "cases           1\nevents          3\n" in said
    assert not any(secret in said for secret in (str(CASE), str(PERSON)))


def test_the_record_holds_no_place_and_no_key_and_is_read_by_its_owner_only(home: Settings, folder: Path) -> None:
    assert cli.main(["flow", "xes", str(folder / "flow.xes.gz"), *GROUND, "--keep-keys"]) == ExitCode.IN_ORDER
    path = ledger.record_file(home)
    text = path.read_text()
    assert not any(secret in text for secret in (str(folder), str(home.home), str(CASE), str(PERSON)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert recorded(home)[0]["keys"] == "kept"


def test_each_log_adds_a_line_also_after_one_that_was_cut_short(home: Settings, folder: Path) -> None:
    path = ledger.record_file(home)
    path.parent.mkdir()
    path.write_text('{"cut": ')
    for name in ("one.xes", "two.xes"):
        assert cli.main(["flow", "xes", str(folder / name), *GROUND]) == ExitCode.IN_ORDER
    first, *lines = path.read_text().splitlines()
    assert first == '{"cut": '
    assert [json.loads(line)["file"] for line in lines] == ["one.xes", "two.xes"]


def test_the_record_is_on_the_disk_before_the_log_is_there(
    home: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real_sync, real_link = os.fsync, os.link
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_ino), real_sync(handle))[1])

    def link(source: Path, target: Path) -> None:
        path = ledger.record_file(home)
        assert recorded(home)[0]["sha256"] == sha256_of(source)
        assert {path.stat().st_ino, path.parent.stat().st_ino, source.stat().st_ino} <= set(synced)
        real_link(source, target)

    monkeypatch.setattr(os, "link", link)
    assert cli.main(["flow", "xes", str(folder / "flow.xes"), *GROUND]) == ExitCode.IN_ORDER
    assert (folder / "flow.xes").exists()


def test_what_a_killed_export_left_is_thrown_away(home: Settings, folder: Path) -> None:
    (folder / ".flow.xes.partial").write_text("half")
    assert cli.main(["flow", "xes", str(folder / "flow.xes"), *GROUND]) == ExitCode.IN_ORDER
    assert [path.name for path in folder.iterdir()] == ["flow.xes"]


def test_confidential_data_leave_under_a_permit(home: Settings, folder: Path) -> None:
    took(home, "confidential")
    assert cli.main(["flow", "xes", str(folder / "flow.xes"), *GROUND, "--permit", "THL/1"]) == ExitCode.IN_ORDER
    assert (recorded(home)[0]["permit"], recorded(home)[0]["nature"]) == ("THL/1", "confidential")
    assert 'value="confidential"' in (folder / "flow.xes").read_text()


# --- what is refused


@pytest.mark.parametrize("ledger_is", ["confidential", "gone"])
def test_confidential_data_do_not_leave_without_a_permit(
    home: Settings, folder: Path, refused: Callable[..., str], ledger_is: str
) -> None:
    took(home, "confidential")
    if ledger_is == "gone":
        next((home.lake / "_ledger").glob("*")).unlink()
    for ground in (GROUND, [*GROUND, "--permit", "  "]):
        assert "--permit: this home holds confidential data" in refused(str(folder / "flow.xes"), ground=ground)


@pytest.mark.parametrize("lacking", ["--purpose", "--person"])
def test_purpose_and_person_are_demanded(
    home: Settings, folder: Path, refused: Callable[..., str], lacking: str
) -> None:
    given = dict(zip(GROUND[::2], GROUND[1::2], strict=True)) | {lacking: " "}
    ground = [part for pair in given.items() for part in pair]
    assert f"{lacking}: is empty" in refused(str(folder / "flow.xes"), ground=ground)
    del given[lacking]
    with pytest.raises(SystemExit) as ended:
        cli.main(["flow", "xes", str(folder / "flow.xes"), *(part for pair in given.items() for part in pair)])
    assert ended.value.code == ExitCode.WRONG_CALL


@pytest.mark.parametrize("name", ["flow.csv", "flow", ".flow.xes", "flow.xes.zip", "FLOW.XES"])
def test_a_name_that_is_not_of_an_event_log_is_refused(folder: Path, refused: Callable[..., str], name: str) -> None:
    assert f"{name}: is no name of an event log" in refused(str(folder / name))


def test_a_folder_that_is_not_there_is_refused_with_the_way_to_make_it(
    folder: Path, refused: Callable[..., str]
) -> None:
    assert f"Remedy: mkdir -m 700 {folder}/sub" in refused(str(folder / "sub" / "flow.xes"))


@pytest.mark.parametrize("rights", [0o710, 0o701, 0o750, 0o755, 0o770, 0o704])
def test_a_folder_that_others_may_read_or_enter_is_refused(
    folder: Path, refused: Callable[..., str], rights: int
) -> None:
    folder.chmod(rights)
    said = refused(str(folder / "flow.xes"))
    assert "others than you may read or enter it" in said
    assert f"Remedy: chmod 700 {folder}" in said


def test_a_folder_of_another_account_is_refused(
    folder: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.os, "geteuid", lambda: folder.stat().st_uid + 1)
    assert "belongs to another account" in refused(str(folder / "flow.xes"))


@pytest.mark.parametrize("zone", ["release", "release/r1/csv", "superset", "logs", "lake", "."])
def test_nothing_is_written_inside_the_home(home: Settings, refused: Callable[..., str], zone: str) -> None:
    inside = home.home / zone
    inside.mkdir(parents=True, exist_ok=True, mode=0o700)
    inside.chmod(0o700)
    assert "lies in this home" in refused(str(inside / "flow.xes"))
    assert not list(home.home.rglob("*.xes*"))


def test_a_link_into_the_release_does_not_help(
    home: Settings, folder: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    (home.release).mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(home.release)
    assert "lies in this home" in refused(str(tmp_path / "link" / "flow.xes"))
    assert "lies in this home" in refused(str(folder / ".." / "home" / "release" / "flow.xes"))


def test_nothing_is_written_inside_the_project(refused: Callable[..., str]) -> None:
    assert "lies in this project" in refused(str(PROJECT_ROOT / "docs" / "flow.xes"))


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_what_is_there_is_not_overwritten(
    home: Settings, folder: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    file = folder / "flow.xes"
    if kind == "file":
        file.write_text("mine")
    elif kind == "folder":
        file.mkdir()
    else:
        file.symlink_to(folder / "elsewhere")
    assert cli.main(["flow", "xes", str(file), *GROUND]) == ExitCode.REFUSED_OR_FAILED
    assert "flow.xes: exists already" in capsys.readouterr().err
    assert kind != "file" or file.read_text() == "mine"
    assert recorded(home) == []


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    home: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "flow.xes"
    note = ledger.note
    monkeypatch.setattr(export.ledger, "note", lambda *given: (note(*given), file.write_text("other"))[0])
    assert cli.main(["flow", "xes", str(file), *GROUND]) == ExitCode.REFUSED_OR_FAILED
    assert "exists already" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["flow.xes"]
    assert file.read_text() == "other"


@pytest.mark.parametrize(
    ("filters", "problem"),
    [
        (["--type", "NO_SUCH"], "unknown: NO_SUCH"),
        (["--from", "2018-13"], "--from: is not a month"),
        (["--to", "May"], "--to: is not a month"),
        (["--from", "2018-05", "--to", "2018-04"], "the first month is after the last"),
        (["--from", "2019-01"], "no case is chosen"),
    ],
)
def test_a_choice_that_cannot_be_or_holds_nothing_is_refused(
    folder: Path, refused: Callable[..., str], filters: list[str], problem: str
) -> None:
    assert problem in refused(str(folder / "flow.xes"), *filters)


def test_without_a_build_there_is_no_log(home: Settings, folder: Path, refused: Callable[..., str]) -> None:
    (home.warehouse / "current.duckdb").unlink()
    assert "there is no build yet" in refused(str(folder / "flow.xes"))


def test_a_build_without_the_flow_is_refused(home: Settings, folder: Path, refused: Callable[..., str]) -> None:
    with duckdb.connect(str(home.warehouse / "builds" / f"{BUILD}.duckdb")) as connection:
        connection.execute("drop table core.fct_flow_event")
    assert "the newest build has no tables of the Kela flow" in refused(str(folder / "flow.xes"))


def test_an_event_without_a_time_is_refused(home: Settings, folder: Path, refused: Callable[..., str]) -> None:
    with duckdb.connect(str(home.warehouse / "builds" / f"{BUILD}.duckdb")) as connection:
        connection.execute("update core.fct_flow_event set event_ts = null where seq = 1")
    assert "an event has no time" in refused(str(folder / "flow.xes"))


@pytest.mark.bite
def test_a_log_that_lost_a_case_is_not_put_in_its_place(
    folder: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = cases.read
    monkeypatch.setattr(export.cases, "read", lambda *a, **k: list(read(*a, **k))[:1])
    assert "GateFailed: flow.xes line" in refused(str(folder / "flow.xes"))


@pytest.mark.bite
def test_a_row_of_the_fact_that_belongs_to_no_case_is_found(
    home: Settings, folder: Path, refused: Callable[..., str]
) -> None:
    with duckdb.connect(str(home.warehouse / "builds" / f"{BUILD}.duckdb")) as connection:
        connection.execute("insert into core.fct_flow_event select * replace (5 as case_id) from core.fct_flow_event")
    assert "GateFailed" in refused(str(folder / "flow.xes"))


def test_while_a_run_is_in_progress_no_log_is_written(
    home: Settings, folder: Path, refused: Callable[..., str]
) -> None:
    with run_lock(home):
        assert RunInProgress.__name__ in refused(str(folder / "flow.xes"))


def test_a_folder_that_cannot_be_written_is_told_in_plain_words() -> None:
    base = Path(tempfile.mkdtemp(prefix="avainvarasto-rights-"))
    home = Settings(home=base / "home")
    a_build(home, [by_the_book(CASE)])
    shut = base / "shut"
    shut.mkdir(mode=0o500)
    give_to_nobody(base)
    wish = export.Wish(shut / "flow.xes", "p", "n", "", cases.Choice(), keep_keys=False)
    said = as_nobody(lambda: str(export.export(home, wish)))
    assert said.startswith("StorageFailed: ")
    assert "flow.xes.partial: cannot be read or written (Permission denied)" in said
    assert list(shut.iterdir()) == []
    shutil.rmtree(base)

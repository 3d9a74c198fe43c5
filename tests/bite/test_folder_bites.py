"""Delivery folders that are not plain folders of plain files: refused or named, never followed, never a crash."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from avainvarasto import intake, lake
from avainvarasto.landing.deliveries import MANIFEST_BYTES
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.deliveries import CODE, CONTRACTS, a_home, a_household_month, deliver, edit_manifest
from tests.landed import take_in
from tests.rights import as_nobody, give_to_nobody

pytestmark = pytest.mark.bite

ID = "2018-04-08T0200"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


def a_folder(home: Settings, delivery_id: str = ID) -> Path:
    return deliver(home, "kela_household_month", [a_household_month()], delivery_id=delivery_id)


def opened(home: Settings) -> intake.Opened:
    """Open what has arrived; nothing of it is pending unless it was opened."""
    done = intake.open_arrivals(home, CONTRACTS)
    pending = {path.parent.name for path in (home.lake / "_pending").rglob("open.json")}
    assert pending == {name.split("/")[1] for name in done.deliveries}
    assert len(lake.ledger(home)) == len(done.refused)
    for entry in lake.ledger(home):
        assert (entry["accepted"], entry["n_delivered"]) == (False, None)
    return done


def move_and_link(path: Path, outside: Path) -> None:
    outside.parent.mkdir(parents=True, exist_ok=True)
    path.rename(outside)
    path.symlink_to(outside)


LINKS = {
    "the data file": lambda folder: folder / "household_month.csv",
    "delivery.yml": lambda folder: folder / "delivery.yml",
    "the delivery's folder": lambda folder: folder,
    "the source's folder": lambda folder: folder.parent,
}


@pytest.mark.parametrize("what", LINKS)
def test_a_symbolic_link_is_refused_at_every_height(home: Settings, tmp_path: Path, what: str) -> None:
    move_and_link(LINKS[what](a_folder(home)), tmp_path / "outside" / "there")
    done = opened(home)
    assert done.deliveries == []
    (message,) = done.refused
    assert "symbolic link" in message
    assert f"kela/{ID}" in message
    assert "Remedy: deliver the" in message


def test_a_link_in_a_subfolder_is_refused(home: Settings, tmp_path: Path) -> None:
    folder = a_folder(home)
    (folder / "sub").mkdir()
    (folder / "household_month.csv").rename(folder / "sub" / "household_month.csv")
    edit_manifest(folder, files={"path": "sub/household_month.csv"})
    move_and_link(folder / "sub", tmp_path / "outside")
    (message,) = opened(home).refused
    assert "symbolic link" in message


@pytest.mark.parametrize("target", ["nowhere", "delivery.yml"], ids=["to nothing", "to itself"])
def test_a_delivery_yml_that_leads_nowhere_has_not_arrived(home: Settings, target: str) -> None:
    note = a_folder(home) / "delivery.yml"
    note.unlink()
    note.symlink_to(target)
    done = opened(home)
    assert (done.deliveries, done.refused, done.unfinished) == ([], [], [f"kela/{ID}"])


PATHS = ["/etc/hostname", "../x.csv", "sub/../../x.csv", "../../../../../../etc/hostname", "sub/..", "//etc/hostname"]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_out_of_the_folder_is_refused_and_not_opened(home: Settings, path: str) -> None:
    folder = a_folder(home)
    (folder.parent / "x.csv").write_text("outside\n")
    edit_manifest(folder, files={"path": path})
    (message,) = opened(home).refused
    assert "a path leads out of the delivery" in message
    assert "hostname" not in message


def a_directory(note: Path) -> None:
    note.unlink()
    note.mkdir()


def a_fifo(note: Path) -> None:
    note.unlink()
    os.mkfifo(note)


@pytest.mark.parametrize("shape", [a_directory, a_fifo])
def test_a_delivery_yml_that_is_no_file_has_not_arrived_and_nothing_waits_for_it(
    home: Settings, shape: Callable[[Path], None]
) -> None:
    shape(a_folder(home) / "delivery.yml")
    a_folder(home, "good")
    done = opened(home)
    assert (done.deliveries, done.refused, done.unfinished) == (["kela/good"], [], [f"kela/{ID}"])


@pytest.mark.parametrize("shape", [a_directory, a_fifo])
def test_a_data_file_that_is_no_file_is_not_there(home: Settings, shape: Callable[[Path], None]) -> None:
    shape(a_folder(home) / "household_month.csv")
    (message,) = opened(home).refused
    assert "is named in delivery.yml but not there" in message


def test_a_fifo_that_is_not_named_is_a_file_too_many(home: Settings) -> None:
    os.mkfifo(a_folder(home) / "more")
    (message,) = opened(home).refused
    assert "1 file(s) of the folder are not named" in message


def _merges() -> str:
    lines = ["a: &a {" + ", ".join(f"k{n}: {n}" for n in range(9)) + "}"]
    names = "abcdefghij"
    for older, name in pairwise(names):
        lines.append(f"{name}: &{name} {{<<: [{', '.join([f'*{older}'] * 9)}]}}")
    return "\n".join(lines)


def _lists() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    names = "abcdefghij"
    for older, name in pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{older}'] * 9)}]")
    return "\n".join([*lines, "files: *j"])


NOTES: dict[str, tuple[str | bytes, str]] = {
    "10 MB": ("# " + "x" * 10_000_000, f"is larger than {MANIFEST_BYTES} bytes"),
    "10 MB of files": ("files:\n" + "- {extract: x, path: y, sha256: z, rows: 1}\n" * 230_000, "is larger than"),
    "deep": ("[" * 50_000, "is not readable as YAML"),
    "deep mappings": ("{a: " * 20_000, "is not readable as YAML"),
    "a bomb of lists": (_lists(), "holds references"),
    "a bomb of merged mappings": (_merges(), "holds references"),
    "a reference to itself": ("files: &a [*a]", "holds references"),
    "an impossible date": ("period: {from: 2018-02-30, to: 2018-03-31}", "is not readable as YAML (ValueError)"),
    "an impossible time": ("created_at: 2018-03-05T25:00:00+02:00", "is not readable as YAML"),
    "the end of the calendar": ("period: {from: 2018-03-01, to: 9999-12-31}", "between 1900 and 2200"),
    "the start of the calendar": ("created_at: 0001-01-01T00:00:00+14:00", "between 1900 and 2200"),
    "a made object": ("nature: !!python/object/apply:os.getcwd []", "is not readable as YAML"),
    "two documents": ("---\nnature: public\n---\nnature: public\n", "is not readable as YAML"),
    "no UTF-8": (b"supplier: K\xe4rsim\xe4ki", "is not readable as YAML"),
    "a NUL": (b"supplier: \x00", "is not readable as YAML"),
    "nothing": ("", "Input should be a valid dictionary"),
    "a word": (CODE, "Input should be a valid dictionary"),
    "a list": (f"- {CODE}", "Input should be a valid dictionary"),
    "a code as source": (f"source: {CODE}", "source: Input should be"),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_spoiled_delivery_yml_is_refused_soon_and_the_others_are_opened(home: Settings, name: str) -> None:
    text, words = NOTES[name]
    note = a_folder(home) / "delivery.yml"
    a_folder(home, "good")
    content = text if isinstance(text, bytes) else text.encode()
    key = content.split(b":")[0] + b":"
    if (
        content.count(b"\n") == 0 and b":" in content and key in note.read_bytes()
    ):  # one key of a note that is good otherwise
        lines = [content if line.startswith(key) else line for line in note.read_bytes().splitlines()]
        content = b"\n".join(lines) + b"\n"
    note.write_bytes(content)
    started = time.monotonic()
    done = opened(home)
    assert time.monotonic() - started < 10
    assert done.deliveries == ["kela/good"]
    (message,) = done.refused
    assert words in message
    assert message.startswith(f"kela/{ID}/delivery.yml: ")
    assert "Remedy: " in message
    assert CODE not in message


def test_a_note_of_many_files_is_still_read(home: Settings) -> None:
    folder = a_folder(home)
    note = folder / "delivery.yml"
    line = "  - {extract: kela_nothing, path: some_longer_name.csv, sha256: " + "a" * 64 + ", rows: 1}\n"
    note.write_text(note.read_text() + line * 1200)
    assert note.stat().st_size < MANIFEST_BYTES
    (message,) = opened(home).refused
    assert "'kela_nothing' stands in it twice" in message


def test_a_reference_to_a_date_is_no_bomb(home: Settings) -> None:
    note = a_folder(home) / "delivery.yml"
    text = note.read_text().replace("from: 2018-03-01, to: 2018-03-31", "from: &day 2018-03-01, to: *day")
    note.write_text(text)
    (message,) = opened(home).refused
    assert "a period is whole months" in message


@pytest.fixture
def shared_home() -> Iterator[Settings]:
    """A home that an account without rights can reach and own."""
    folder = Path(tempfile.mkdtemp(prefix="avainvarasto-rights-"))
    shutil.copytree(PROJECT_ROOT / "expectations", folder / "expectations")
    yield a_home(folder / "home", expectations=folder / "expectations")
    shutil.rmtree(folder)


def opened_without_rights(home: Settings) -> Any:
    """`open_arrivals` by an account that owns the home and has no other rights."""
    intake.waiting(home)  # what is imported late is imported by who may
    give_to_nobody(home.home.parent)
    return as_nobody(lambda: asdict(intake.open_arrivals(home, CONTRACTS)))


CLOSED = {
    "the data file": ("household_month.csv", 0o000, f"kela/{ID}/household_month.csv"),
    "delivery.yml": ("delivery.yml", 0o000, f"kela/{ID}/delivery.yml"),
    "the folder": (".", 0o000, f"kela/{ID}"),
    "the folder, names readable": (".", 0o444, f"kela/{ID}"),
    "the folder, names not readable": (".", 0o311, None),
}


@pytest.mark.parametrize("what", CLOSED)
def test_what_cannot_be_read_is_refused_and_tried_again_once_it_can(shared_home: Settings, what: str) -> None:
    name, mode, place = CLOSED[what]
    closed = a_folder(shared_home) / name
    a_folder(shared_home, "good")
    before = closed.stat().st_mode
    closed.chmod(mode)
    done = opened_without_rights(shared_home)
    if place is None:  # who knows the names needs not list them
        assert done == {"deliveries": [f"kela/{ID}", "kela/good"], "refused": [], "unfinished": []}
        return
    assert done["deliveries"] == ["kela/good"], done
    (message,) = done["refused"]
    assert message.startswith(f"{place}: cannot be read (Permission denied)") or message.startswith(f"{place}/")
    assert "Remedy: give the account that runs the night the right to read it" in message
    assert as_nobody(lambda: [arrival.name for arrival in intake.waiting(shared_home)[0]]) == ["kela/good"]
    closed.chmod(before)
    again = opened_without_rights(shared_home)
    assert again == {"deliveries": [f"kela/{ID}", "kela/good"], "refused": [], "unfinished": []}


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_a_closed_folder_of_a_source_is_named_and_the_other_sources_are_opened(
    shared_home: Settings, mode: int
) -> None:
    a_folder(shared_home)
    deliver(shared_home, "avain_goal_review", [], delivery_id="good")
    (shared_home.landing / "kela").chmod(mode)
    done = opened_without_rights(shared_home)
    (shared_home.landing / "kela").chmod(0o755)
    assert done == {
        "deliveries": ["avain/good"],
        "refused": [],
        "unfinished": ["kela (closed to the account that runs the night)"],
    }


def test_an_accepted_delivery_that_is_closed_later_stays_what_it_was(shared_home: Settings) -> None:
    folder = a_folder(shared_home)
    assert take_in(shared_home) == [f"kela/{ID}"]
    before = lake.accepted(shared_home)
    (folder / "household_month.csv").chmod(0o000)
    done = opened_without_rights(shared_home)
    assert done["deliveries"] == []
    assert lake.accepted(shared_home) == before
    (path,) = shared_home.lake.glob("kela/*/*/*.parquet")
    assert path.is_file()
    assert date(2018, 3, 1).isoformat() in str(before[0]["period_from"])

"""A backup holds what cannot come again, and a home that is made of it is the home that it was made of."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tarfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from avainvarasto import lake, status
from avainvarasto.backup.restore import restore
from avainvarasto.backup.take import back_up
from avainvarasto.backup.verify import verified
from avainvarasto.cli import main
from avainvarasto.errors import HomeRefused, StorageFailed
from avainvarasto.home import RESTORE_MARK, run_lock
from avainvarasto.pseudonymise.keys import Keyring
from avainvarasto.release import activate
from avainvarasto.settings import Settings
from tests.backups import FORMER_CODE, a_full_home, archive_of, take, tree
from tests.deliveries import CODE, a_notification
from tests.killing import killed_at

pytestmark = pytest.mark.unit
NOT_TAKEN = ("lake/_pending/", "release/_candidate/", "lake/_ledger/.", "warehouse/", "logs/", "landing/etotu/")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return a_full_home(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def record(full: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it, which no test changes."""
    return back_up(full, tmp_path_factory.mktemp("backups"))


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "restored")


def test_a_restored_home_is_the_home_less_what_comes_again(full: Settings, record: Path, empty: Settings) -> None:
    restore(empty, record)
    kept = {name: found for name, found in tree(full.home).items() if not name.startswith(NOT_TAKEN)}
    restored = tree(empty.home)
    assert {name: found[1] for name, found in restored.items()} == {name: found[1] for name, found in kept.items()}
    assert {name for name in restored if name.startswith("lake/_")} > {"lake/_forgotten/one.parquet"}
    assert restored["keys/person.key"][0] == restored["keys/person.key.2"][0] == "0o400"
    assert restored["release/r2/release.json"][0] == "0o444"
    assert empty.keys.stat().st_mode & 0o777 == 0o700
    assert (empty.release / "current.duckdb").read_text() == "r1"
    assert lake.lake_state(empty) == lake.lake_state(full)
    assert activate.releases(empty) == activate.releases(full)
    with run_lock(empty):
        pass


def test_keys_and_aliases_lie_in_an_archive_of_their_own_that_only_the_owner_reads(
    full: Settings, record: Path
) -> None:
    with tarfile.open(archive_of(record, "keys")) as keys, tarfile.open(archive_of(record, "data")) as data:
        assert keys.getnames() == ["keys/person.key", "keys/person.key.2", "aliases/aliases.csv"]
        assert not set(keys.getnames()) & set(data.getnames())
    beside = archive_of(record, "data").read_bytes() + record.read_bytes()
    secrets = [full.person_key_file.read_bytes(), FORMER_CODE.encode(), CODE.encode()]
    assert [secret in beside for secret in secrets] == [False, False, False]
    assert {oct(path.stat().st_mode & 0o777) for path in record.parent.iterdir()} == {"0o600"}
    assert len(list(record.parent.iterdir())) == 3


def test_no_hash_of_the_alias_table_lies_with_the_data(record: Path) -> None:
    members = json.loads(record.read_text())["archives"]["keys"]["members"]
    assert len(members) == 3
    assert {member["sha256"] for member in members.values()} == {None}


def test_the_record_says_what_was_taken(full: Settings, record: Path) -> None:
    content = json.loads(record.read_text())
    assert content["lake_state"] == lake.lake_state(full)
    assert content["key_id"] == Keyring.load(full.person_key_file).key_id
    assert (content["natures"], content["releases"], content["active_release"]) == (["synthetic"], ["r1", "r2"], "r1")
    assert set(content["versions"]) == {"avainvarasto", "duckdb", "pyarrow"}
    assert all(member["sha256"] for member in content["archives"]["data"]["members"].values())


def test_a_restored_home_knows_a_person_again_under_a_former_code(
    full: Settings, record: Path, empty: Settings
) -> None:
    restore(empty, record)
    take(empty, "etotu_notification", [a_notification(2, person_id=FORMER_CODE)], "2018-04-09T0200")
    later, earlier = (
        pq.read_table(empty.lake / "etotu" / "etotu_notification" / delivery / "notification.parquet")["person_key"]
        for delivery in ("2018-04-09T0200", "2018-04-08T0200")
    )
    assert later.to_pylist() == earlier.to_pylist() != [None]


def test_a_home_without_a_warehouse_is_behind_as_soon_as_something_was_accepted(
    record: Path, empty: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not status.release_is_behind(empty)
    restore(empty, record)
    now = {"lake_state": lake.lake_state(empty), "code_state": status.code_state(empty)}
    monkeypatch.setattr(status, "newest_record", lambda _settings: {"build": now})
    assert status.release_is_behind(empty)
    monkeypatch.setenv("AVAINVARASTO_HOME", str(empty.home))
    assert main(["status"]) == 0
    assert "make run (the warehouse has to be built)" in capsys.readouterr().out
    (empty.warehouse).mkdir()
    (empty.warehouse / "current.duckdb").touch()
    assert not status.release_is_behind(empty)


def test_the_keys_archive_may_be_kept_elsewhere(record: Path, empty: Settings, tmp_path: Path) -> None:
    apart, safe = tmp_path / "apart", tmp_path / "safe"
    safe.mkdir()
    shutil.copytree(record.parent, apart)
    moved = archive_of(apart / record.name, "keys").rename(safe / "keys.tar")
    restore(empty, apart / record.name, moved)
    assert Keyring.load(empty.person_key_file).key_id == json.loads(record.read_text())["key_id"]


def test_a_key_file_outside_the_home_comes_back_where_the_settings_say(full: Settings, tmp_path: Path) -> None:
    outside = tmp_path / "vault" / "controller.key"
    settings = full.model_copy(update={"key_file": outside})
    shutil.copytree(full.keys, outside.parent)
    (outside.parent / "person.key").rename(outside)
    (outside.parent / "person.key.2").rename(f"{outside}.2")
    (tmp_path / "backups").mkdir()
    record = back_up(settings, tmp_path / "backups")
    new = Settings(home=tmp_path / "new", key_file=tmp_path / "new-vault" / "other.key")
    restore(new, record)
    assert Keyring.load(new.person_key_file) == Keyring.load(outside)
    assert list(new.keys.iterdir()) == []
    there = Settings(home=tmp_path / "there", key_file=outside)  # the vault outlived the home
    restore(there, record)
    assert Keyring.load(outside).key_id == json.loads(record.read_text())["key_id"]


def test_two_backups_in_a_second_have_names_of_their_own(full: Settings, tmp_path: Path) -> None:
    assert back_up(full, tmp_path) != back_up(full, tmp_path)
    assert len(list(tmp_path.iterdir())) == 6


def test_a_full_disk_is_said_and_leaves_nothing(
    full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StorageFailed, match="the disk is full") as failed:
        back_up(full, tmp_path)
    assert failed.value.where == str(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_an_empty_home(record: Path, empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(1000))
    real = os.fsync

    def no_space(number: int) -> None:
        if next(calls) == 8:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(number)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_space)
        with pytest.raises(StorageFailed, match="the disk is full"):
            restore(empty, record)
    assert [path.name for path in empty.home.iterdir()] == ["run.lock"]
    restore(empty, record)


def test_a_backup_that_is_killed_at_any_step_is_whole_or_none(full: Settings, empty: Settings, tmp_path: Path) -> None:
    step, done = 0, False
    while not done:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        done = not killed_at(step, lambda folder=folder: back_up(full, folder), inside=folder)  # type: ignore[misc]
        records = list(folder.glob("avainvarasto-*.json"))
        assert len(records) == 1 or not done
        assert [verified(one).record.format for one in records] == [1] * len(records)
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} <= {0o600}
    assert step > 8
    restore(empty, records[0])


def test_a_restore_that_is_killed_at_any_step_is_finished_by_the_next(
    full: Settings, record: Path, tmp_path: Path
) -> None:
    whole = Settings(home=tmp_path / "whole")
    restore(whole, record)
    step, refused = 0, 0
    while True:
        step += 1
        settings = Settings(home=tmp_path / str(step))
        if not killed_at(step, lambda settings=settings: restore(settings, record), inside=settings.home):  # type: ignore[misc]
            break
        if (settings.home / RESTORE_MARK).exists():
            refused += 1
            with pytest.raises(HomeRefused, match="a restore into this home was not finished"), run_lock(settings):
                pass
        if tree(settings.home) != tree(whole.home):
            restore(settings, record)
        assert tree(settings.home) == tree(whole.home), f"killed at step {step}"
        shutil.rmtree(settings.home)
    assert tree(settings.home) == tree(whole.home)
    assert step > refused > 40

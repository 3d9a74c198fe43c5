"""Backups that must not be made, and backups that must not be restored."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from avainvarasto.backup.restore import restore
from avainvarasto.backup.take import back_up
from avainvarasto.cli import main
from avainvarasto.errors import BackupRefused, RunInProgress
from avainvarasto.home import DEMO_MARK, RESTORE_MARK, run_lock
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import Settings
from tests.backups import a_full_home, archive_of, forge
from tests.deliveries import a_home, a_notification, deliver
from tests.killing import killed_at

pytestmark = pytest.mark.bite


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """A home and its backup, which stay as they are."""
    settings = a_full_home(tmp_path_factory.mktemp("full"))
    return settings, back_up(settings, tmp_path_factory.mktemp("backups"))


@pytest.fixture
def record(made: tuple[Settings, Path], tmp_path: Path) -> Path:
    """A copy of the backup, to be damaged."""
    shutil.copytree(made[1].parent, tmp_path / "backups")
    return tmp_path / "backups" / made[1].name


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "restored")


@pytest.fixture
def home(made: tuple[Settings, Path], tmp_path: Path) -> Settings:
    """A copy of the home, to be damaged."""
    shutil.copytree(made[0].home, tmp_path / "home", symlinks=True)
    return Settings(home=tmp_path / "home")


def refused(settings: Settings, record: Path, words: str, **more: Path) -> None:
    """Not restored, for this reason, and nothing was written."""
    before = sorted(path for path in settings.home.rglob("*") if path.name != "run.lock")
    with pytest.raises(BackupRefused, match=words) as refusal:
        restore(settings, record, **more)
    assert "Nothing was restored" in str(refusal.value)
    assert sorted(path for path in settings.home.rglob("*") if path.name != "run.lock") == before


@pytest.mark.parametrize("kind", ["data", "keys"])
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_one_flipped_byte_is_seen(kind: str, where: float, record: Path, empty: Settings) -> None:
    archive = archive_of(record, kind)
    content = bytearray(archive.read_bytes())
    content[int(len(content) * where)] ^= 1
    archive.write_bytes(content)
    refused(empty, record, "is damaged")


@pytest.mark.parametrize("kind", ["data", "keys"])
def test_a_missing_archive_is_refused(kind: str, record: Path, empty: Settings) -> None:
    archive_of(record, kind).unlink()
    refused(empty, record, "this archive of the backup is not here")


def test_a_backup_without_its_record_is_none(record: Path, empty: Settings) -> None:
    record.unlink()
    refused(empty, record, "no such record")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"colour": "blue"},
        {"archives": {}},
        {"key_id": None},
    ],
)
def test_a_record_that_is_not_as_it_must_be_is_refused(
    change: dict[str, object], record: Path, empty: Settings
) -> None:
    record.write_text(json.dumps(json.loads(record.read_text()) | change))
    refused(empty, record, "is not the record of a backup")


def test_a_record_cannot_name_an_archive_elsewhere(record: Path, empty: Settings) -> None:
    content = json.loads(record.read_text())
    content["archives"]["data"]["file"] = "../backups/" + content["archives"]["data"]["file"]
    record.write_text(json.dumps(content))
    refused(empty, record, "is not the record of a backup")


def test_a_member_that_is_missing_is_refused(record: Path, empty: Settings) -> None:
    forge(record, "data", lambda contents: contents.pop(3) and None, in_record=False)
    refused(empty, record, "is in the record and not in the archive")


def test_a_member_that_the_record_does_not_name_is_refused(record: Path, empty: Settings) -> None:
    forge(record, "data", _add("lake/kela/more.parquet"), in_record=False)
    refused(empty, record, "a file that its record does not name")


def test_a_member_that_stands_there_twice_is_refused(record: Path, empty: Settings) -> None:
    forge(record, "data", lambda contents: contents.append(contents[0]), in_record=False)
    refused(empty, record, "a file that its record does not name")


def test_a_member_with_other_content_is_refused(record: Path, empty: Settings) -> None:
    def other(contents: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        info, data = contents[0]
        contents[0] = (info, bytes(len(data)))

    forge(record, "data", other, in_record=False)
    refused(empty, record, "is not the file that its record names")


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "lake/../../outside",
        "/tmp/outside",  # noqa: S108
        "lake//x",
        "lake/./x",
        "lake/.hidden",
        "lake",
        "warehouse/current.duckdb",
        "landing/kela/x/delivery.yml",
        "keys/person.key",
        "lake/_pending/x",
        "lake/_rewrite/x",
        "release/_candidate/r9/release.duckdb",
        "release/current",
        "run.lock",
        "lake/a\\b",
    ],
)
def test_a_data_archive_writes_nowhere_but_in_its_zones(name: str, record: Path, empty: Settings) -> None:
    forge(record, "data", _add(name), in_record=True)
    refused(empty, record, "belongs to no zone")
    assert not (empty.home.parent / "outside").exists()


@pytest.mark.parametrize(
    "name", ["keys/other.key", "keys/person.key.1", "lake/x", "aliases/../x", "keys/../../outside"]
)
def test_a_keys_archive_holds_keys_and_aliases_only(name: str, record: Path, empty: Settings) -> None:
    forge(record, "keys", _add(name), in_record=True)
    refused(empty, record, "belongs to no zone")


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.CONTTYPE]
)
def test_nothing_but_plain_files_comes_out_of_an_archive(kind: bytes, record: Path, empty: Settings) -> None:
    forge(record, "data", _add("lake/kela/x", kind), in_record=True)
    refused(empty, record, "no plain file")


def test_what_is_no_archive_is_refused_also_with_a_true_checksum(record: Path, empty: Settings) -> None:
    forge(record, "data", lambda _contents: None, in_record=True)
    archive = archive_of(record, "data")
    archive.write_bytes(b"\x1f\x8b" + bytes(range(256)) * 8)
    content = json.loads(record.read_text())
    from avainvarasto.files import sha256_of

    content["archives"]["data"] |= {"size": archive.stat().st_size, "sha256": sha256_of(archive)}
    record.write_text(json.dumps(content))
    refused(empty, record, "cannot be read as an archive")


def test_the_keys_archive_of_another_home_is_refused(record: Path, empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "others").mkdir()
    others = back_up(a_home(tmp_path / "other"), tmp_path / "others")
    stranger = archive_of(others, "keys")
    refused(empty, record, "the archive of another backup", keys_archive=stranger)
    content = json.loads(record.read_text())
    content["archives"]["keys"] = json.loads(others.read_text())["archives"]["keys"]
    record.write_text(json.dumps(content))
    refused(empty, record, "the key of another home", keys_archive=stranger)


def test_a_ring_with_a_gap_is_refused(record: Path, empty: Settings) -> None:
    forge(record, "keys", lambda contents: contents.pop(0) and None, in_record=True)
    refused(empty, record, "the whole ring of keys")


def test_a_record_that_names_another_release_is_refused(record: Path, empty: Settings) -> None:
    record.write_text(json.dumps(json.loads(record.read_text()) | {"active_release": "../../elsewhere"}))
    refused(empty, record, "names a release that is not in the archive")


@pytest.mark.parametrize("zone", ["lake", "landing", "restricted", "quarantine", "release", "warehouse", "keys"])
def test_a_home_that_holds_anything_is_not_restored_into(zone: str, record: Path, empty: Settings) -> None:
    (empty.home / zone / "empty folders" / "are nothing").mkdir(parents=True)
    (empty.home / zone / "something").touch()
    refused(empty, record, "is not empty")
    (empty.home / zone / "something").unlink()
    restore(empty, record)


def test_a_delivery_and_a_demo_key_count_as_something(record: Path, tmp_path: Path) -> None:
    waiting = Settings(home=tmp_path / "waiting")
    deliver(waiting, "etotu_notification", [a_notification()])
    refused(waiting, record, "landing: is not empty")
    demo = a_home(tmp_path / "demo")
    (demo.keys / DEMO_MARK).touch()
    refused(demo, record, "keys: is not empty")


def test_a_zone_on_another_disk_is_not_restored_into(record: Path, empty: Settings, tmp_path: Path) -> None:
    empty.home.mkdir()
    (tmp_path / "elsewhere").mkdir()
    empty.lake.symlink_to(tmp_path / "elsewhere")
    refused(empty, record, "is a link or another disk")


def test_a_key_file_that_holds_another_key_is_not_touched(record: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new", key_file=tmp_path / "vault" / "own.key")
    keys.make_key(settings.person_key_file)
    before = settings.person_key_file.read_bytes()
    refused(settings, record, "holds another key than the backup")
    assert settings.person_key_file.read_bytes() == before


def test_a_demo_key_does_not_become_the_controllers(tmp_path: Path) -> None:
    demo = a_home(tmp_path / "demo")
    (demo.keys / DEMO_MARK).touch()
    (tmp_path / "backups").mkdir()
    record = back_up(demo, tmp_path / "backups")
    refused(Settings(home=tmp_path / "new", key_file=tmp_path / "own.key"), record, "this backup has a demo key")


def test_another_backup_does_not_finish_a_restore_that_was_cut_off(
    record: Path, empty: Settings, tmp_path: Path
) -> None:
    (tmp_path / "others").mkdir()
    others = back_up(a_home(tmp_path / "other"), tmp_path / "others")
    step = 1
    while '"moving"' not in _mark(empty):
        shutil.rmtree(empty.home, ignore_errors=True)
        assert killed_at(step, lambda: restore(empty, record), inside=empty.home)
        step += 1
    with pytest.raises(BackupRefused, match="the restore of another backup"):
        restore(empty, others)
    restore(empty, record)
    assert not (empty.home / RESTORE_MARK).exists()


def test_a_backup_does_not_lie_inside_its_home(home: Settings, tmp_path: Path) -> None:
    (home.home / "backups").mkdir()
    (tmp_path / "link").symlink_to(home.home / "backups")
    for folder in (home.home, home.home / "backups", tmp_path / "link"):
        with pytest.raises(BackupRefused, match="lies inside the home"):
            back_up(home, folder)
    with pytest.raises(BackupRefused, match="there is no such folder"):
        back_up(home, tmp_path / "not mounted")
    assert not (tmp_path / "not mounted").exists()


def test_no_backup_is_made_while_a_run_holds_the_home(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_lock(home):
        with pytest.raises(RunInProgress, match=r"another run is in progress since 20\d\d-"):
            back_up(home, tmp_path)
        monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
        assert main(["backup", str(tmp_path)]) == 1
    assert "another run is in progress since" in capsys.readouterr().err
    assert list(tmp_path.glob("avainvarasto-*")) == []


def _without_a_key(home: Settings) -> None:
    home.person_key_file.unlink()


def _with_a_lost_file(home: Settings) -> None:
    next(home.lake.glob("etotu/*/*/*.parquet")).unlink()


def _with_a_decayed_file(home: Settings) -> None:
    path = next(home.lake.glob("etotu/*/*/*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _with_a_link(home: Settings) -> None:
    (home.lake / "etotu" / "link").symlink_to(home.lake / "_ledger")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_without_a_key, "there is no key file"),
        (_with_a_lost_file, "is not the file that was accepted, or is gone"),
        (_with_a_decayed_file, "is not the file that was accepted, or is gone"),
        (_with_a_link, "is a link"),
    ],
)
def test_a_home_that_would_not_come_back_whole_is_not_backed_up(
    damage: Callable[[Settings], None], words: str, home: Settings, tmp_path: Path
) -> None:
    damage(home)
    (tmp_path / "out").mkdir()
    with pytest.raises(BackupRefused, match=words):
        back_up(home, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def _add(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    def add(contents: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        info = tarfile.TarInfo(name)
        info.type = kind
        info.linkname = "lake/_ledger" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
        contents.append((info, b""))

    return add


def _mark(settings: Settings) -> str:
    path = settings.home / RESTORE_MARK
    return path.read_text() if path.exists() else ""

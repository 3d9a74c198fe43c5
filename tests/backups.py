"""Homes worth a backup for tests, small and without a run; and archives taken apart and put together wrongly."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from avainvarasto import intake
from avainvarasto.files import sha256_of, write_json
from avainvarasto.pseudonymise import keys
from avainvarasto.release import activate
from avainvarasto.settings import Settings
from avainvarasto.synthetic.hetu import identity_code
from tests.deliveries import CODE, CONTRACTS, a_home, a_notification, deliver

FORMER_CODE = identity_code(date(1994, 5, 1), "-", 905)
Change = Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]


def take(settings: Settings, extract: str, rows: Sequence[dict[str, Any]], delivery_id: str) -> None:
    """A delivery through the door and its suite into the lake."""
    deliver(settings, extract, rows, delivery_id=delivery_id)
    assert intake.open_arrivals(settings, CONTRACTS).refused == []
    intake.land_extract(settings, CONTRACTS, extract)
    intake.judge_extract(settings, CONTRACTS, extract, "run")
    assert intake.commit_open(settings, CONTRACTS) == [f"{CONTRACTS[extract].source}/{delivery_id}"]


def a_full_home(folder: Path) -> Settings:
    """Something in every zone: two keys, an alias, rows of a person, kept texts, quarantine, releases, leftovers."""
    settings = a_home(folder)
    keys.make_key(keys.rotation_file(settings.person_key_file, 2))
    settings.aliases_file.parent.mkdir(parents=True)
    settings.aliases_file.write_text(f"old_code,new_code\n{FORMER_CODE},{CODE}\n")
    take(settings, "etotu_notification", [a_notification()], "2018-04-08T0200")
    for name in (
        "restricted/avain/avain_goal/2018/goal.parquet",
        "quarantine/etotu/2018/etotu_event-event.parquet",
        "lake/_forgotten/one.parquet",
        "lake/_pending/etotu/2018/open.json",
        "release/_candidate/r3/release.duckdb",
        "lake/_ledger/.half.parquet.partial",
        "warehouse/builds/old.duckdb",
        "logs/dbt.log",
    ):
        path = settings.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    for release_id in ("r1", "r2"):
        release = settings.release / release_id
        write_json(release / "release.json", {"release_id": release_id, "made_at": "2018-04-09", "build": {}})
        (release / "release.duckdb").write_text(release_id)
        (release / "release.duckdb").chmod(0o444)
    activate.point_current(settings, settings.release / "r1")
    return settings


def tree(home: Path) -> dict[str, tuple[str, str]]:
    """Every file and link below a home but its lock: rights, and content or target."""
    found = {}
    for path in home.rglob("*"):
        if path.is_symlink():
            found[path.relative_to(home).as_posix()] = ("link", str(path.readlink()))
        elif path.is_file() and path.name != "run.lock":
            found[path.relative_to(home).as_posix()] = (oct(path.stat().st_mode & 0o777), sha256_of(path))
    return found


def archive_of(record: Path, kind: str) -> Path:
    return record.parent / json.loads(record.read_text())["archives"][kind]["file"]


def forge(record: Path, kind: str, change: Change, *, in_record: bool) -> None:
    """Write an archive anew after `change`, with a record whose sums are true; `in_record` also lists its members."""
    archive = archive_of(record, kind)
    with tarfile.open(archive) as opened:
        contents = [(info, opened.extractfile(info).read()) for info in opened]  # type: ignore[union-attr]
    change(contents)
    with tarfile.open(archive, "w") as opened:
        for info, data in contents:
            opened.addfile(info, io.BytesIO(data))
    content = json.loads(record.read_text())
    about = content["archives"][kind]
    about |= {"size": archive.stat().st_size, "sha256": sha256_of(archive)}
    if in_record:
        about["members"] = {
            info.name: {"size": info.size, "sha256": sha256(data).hexdigest() if kind == "data" else None}
            for info, data in contents
        }
    record.write_text(json.dumps(content))

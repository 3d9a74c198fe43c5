"""What lies in the landing zone changes: mended, touched, changed under a used id, left by a killed run, grown old."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto import intake, lake, runs, summary
from avainvarasto.disclosure.policy import load_thresholds
from avainvarasto.landing import door
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.deliveries import CODE, CONTRACTS, a_household_month, data_of, deliver, edit_manifest, rewrite
from tests.landed import take_in

pytestmark = pytest.mark.bite

ID = "2018-04-08T0200"
NAME = f"kela/{ID}"
DAYS = load_thresholds(PROJECT_ROOT / "expectations").retention["landing"].days


def a_folder(home: Settings, delivery_id: str = ID) -> Path:
    return deliver(home, "kela_household_month", [a_household_month()], delivery_id=delivery_id)


def lake_files(home: Settings) -> dict[str, tuple[bytes, int]]:
    paths = [path for path in home.lake.glob("[!_]*/**/*") if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def without_state(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry | {"folder_state": None} for entry in entries]


def test_a_file_mended_in_place_is_tried_again_under_the_same_delivery_yml(home: Settings) -> None:
    folder = a_folder(home)
    good = data_of(folder)
    (folder / "household_month.csv").write_bytes(good[:-5])
    before = runs.snapshot(home)
    assert take_in(home) == []
    assert intake.waiting(home)[0] == []
    (refused,) = lake.ledger(home)
    assert "checksum" in refused["reason"]
    told = summary.of_run(home, before, "run-1")
    assert (len(told.taken), len(told.refused)) == (0, 1)

    before = runs.snapshot(home)
    (folder / "household_month.csv").write_bytes(good)
    assert take_in(home) == [NAME]
    (entry,) = lake.ledger(home)
    assert entry["accepted"]
    assert entry["manifest_sha256"] == refused["manifest_sha256"]
    told = summary.of_run(home, before, "run-1")
    assert (len(told.taken), told.refused, told.n_loaded) == (1, {}, 1)


def test_a_refused_delivery_that_is_touched_and_still_wrong_is_refused_once_more(home: Settings) -> None:
    folder = a_folder(home)
    (folder / "household_month.csv").write_bytes(b"half")
    assert take_in(home) == []
    before = runs.snapshot(home)
    os.utime(folder / "household_month.csv", (1, 1))
    assert take_in(home) == []
    assert len(lake.ledger(home)) == 1
    assert len(summary.of_run(home, before, "run-1").refused) == 1


def touched(folder: Path) -> None:
    os.utime(folder / "household_month.csv", (1, 1))


def written_again(folder: Path) -> None:
    (folder / "household_month.csv").write_bytes(data_of(folder))


def other_rights(folder: Path) -> None:
    (folder / "household_month.csv").chmod(0o640)


def with_a_hidden_file(folder: Path) -> None:
    (folder / ".seen").touch()


@pytest.mark.parametrize("how", [touched, written_again, other_rights, with_a_hidden_file])
def test_an_accepted_folder_that_was_touched_and_is_equal_is_a_no_op(
    home: Settings, how: Callable[[Path], None]
) -> None:
    folder = a_folder(home)
    assert take_in(home) == [NAME]
    files, entries, state = lake_files(home), lake.ledger(home), lake.lake_state(home)
    how(folder)
    assert [arrival.name for arrival in intake.waiting(home)[0]] == [NAME]
    done = intake.open_arrivals(home, CONTRACTS)
    assert (done.deliveries, done.refused) == ([], [])
    assert (lake_files(home), lake.lake_state(home)) == (files, state)
    assert without_state(lake.ledger(home)) == without_state(entries)
    assert intake.waiting(home)[0] == []


def other_data(folder: Path) -> None:
    (folder / "household_month.csv").write_bytes(data_of(folder).replace(b"480", b"999"))


def other_data_and_note(folder: Path) -> None:
    rewrite(folder, data_of(folder).replace(b"480", b"999"))


def only_the_note(folder: Path) -> None:
    edit_manifest(folder, created_at="2019-01-01T00:00:00+02:00")


def a_code_in_the_data(folder: Path) -> None:
    rewrite(folder, data_of(folder).replace(b"H1", CODE.encode()))


def no_data(folder: Path) -> None:
    (folder / "household_month.csv").unlink()


@pytest.mark.parametrize("how", [other_data, other_data_and_note, only_the_note, a_code_in_the_data, no_data])
def test_changed_content_under_an_accepted_id_is_refused_and_what_was_accepted_stays(
    home: Settings, how: Callable[[Path], None]
) -> None:
    folder = a_folder(home)
    assert take_in(home) == [NAME]
    good = {path.name: path.read_bytes() for path in folder.iterdir()}
    files, accepted, state = lake_files(home), lake.accepted(home), lake.lake_state(home)
    how(folder)
    done = intake.open_arrivals(home, CONTRACTS)
    assert done.deliveries == []
    (message,) = done.refused
    assert message.startswith(f"{NAME}: this delivery_id was used before with other content")
    assert "What was accepted under it stays" in message
    assert "Remedy: deliver it under a new delivery_id" in message
    assert CODE not in message
    assert (lake_files(home), lake.accepted(home), lake.lake_state(home)) == (files, accepted, state)
    (refused,) = [entry for entry in lake.ledger(home) if not entry["accepted"]]
    assert (refused["delivery_id"], refused["n_delivered"]) == (ID, None)
    assert intake.waiting(home)[0] == []
    for name, content in good.items():
        (folder / name).write_bytes(content)
    assert take_in(home) == []
    assert (lake_files(home), lake.lake_state(home)) == (files, state)
    assert without_state(lake.ledger(home)) == without_state(accepted)


def test_files_of_the_lake_that_no_ledger_entry_makes_count_are_swept(home: Settings) -> None:
    a_folder(home)
    assert take_in(home) == [NAME]
    files = lake_files(home)
    (path,) = (Path(name) for name in files)
    stray = [
        path.with_name("other.parquet"),
        home.lake / "kela" / "kela_household_month" / "2018-05-08T0200" / path.name,
        home.lake / "kela" / "kela_payment" / ID / path.name,
        home.restricted / "kela" / "kela_payment" / ID / path.name,
        home.lake / "_pending" / "kela" / "x" / "kela_payment" / "payment.parquet",
        home.restricted / "_pending" / "kela" / "x" / "kela_payment" / "payment.parquet",
    ]
    for left in stray:
        left.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, left)
    lake.clear_half_done(home)
    assert [left for left in stray if left.exists()] == []
    assert lake_files(home) == files


def test_a_run_killed_before_the_ledger_was_written_leaves_nothing_and_the_next_takes_the_delivery(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_folder(home)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lake, "_write_checks", killed)
    with pytest.raises(KeyboardInterrupt):
        take_in(home)
    monkeypatch.undo()
    assert lake_files(home)
    assert lake.ledger(home) == []
    lake.clear_half_done(home)
    assert lake_files(home) == {}
    assert take_in(home) == [NAME]
    (path,) = (Path(name) for name in lake_files(home))
    assert pq.read_metadata(path).num_rows == 1


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


@pytest.fixture
def settled(home: Settings) -> Settings:
    """A home with an accepted, a refused and an unfinished delivery, one that is new, and aliases."""
    a_folder(home, "taken")
    (a_folder(home, "refused") / "household_month.csv").write_bytes(b"half")
    assert take_in(home) == ["kela/taken"]
    (a_folder(home, "unfinished") / "delivery.yml").unlink()
    a_folder(home, "new")
    home.aliases_file.parent.mkdir()
    home.aliases_file.write_text("old_code,new_code\n", encoding="utf-8")
    return home


def in_landing(home: Settings) -> set[str]:
    return {path.name for path in (home.landing / "kela").iterdir()}


ALL = {"taken", "refused", "unfinished", "new"}


def test_the_landing_zone_is_emptied_of_what_was_settled_long_ago(settled: Settings) -> None:
    files, ledger = lake_files(settled), lake.ledger(settled)
    assert intake.empty_landing(settled, in_days(DAYS - 0.1)) == []
    assert in_landing(settled) == ALL
    assert intake.empty_landing(settled, in_days(DAYS + 0.1)) == ["kela/refused", "kela/taken"]
    assert in_landing(settled) == {"unfinished", "new"}
    assert settled.aliases_file.exists()
    assert (lake_files(settled), lake.ledger(settled)) == (files, ledger)
    assert intake.empty_landing(settled, in_days(DAYS + 0.1)) == []
    assert [path.name for path in settled.landing.glob(".*")] == []


def test_the_days_are_those_of_the_thresholds(settled: Settings, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(PROJECT_ROOT / "expectations", rules)
    text = (rules / "thresholds.yml").read_text(encoding="utf-8")
    assert f"days: {DAYS} " in text
    (rules / "thresholds.yml").write_text(text.replace(f"days: {DAYS} ", "days: 3 "), encoding="utf-8")
    stricter = settled.model_copy(update={"expectations": rules})
    assert intake.empty_landing(stricter, in_days(2.9)) == []
    assert intake.empty_landing(stricter, in_days(3.1)) == ["kela/refused", "kela/taken"]


def test_what_was_looked_at_again_lately_stays_as_long_as_its_last_refusal(settled: Settings) -> None:
    os.utime(settled.landing / "kela" / "refused" / "household_month.csv", (1, 1))
    (before,) = [entry["received_at"] for entry in lake.ledger(settled) if not entry["accepted"]]
    assert intake.open_arrivals(settled, CONTRACTS).refused
    (after,) = [entry["received_at"] for entry in lake.ledger(settled) if not entry["accepted"]]
    assert after > before


def test_a_link_in_place_of_an_old_folder_is_not_followed(settled: Settings, tmp_path: Path) -> None:
    folder, outside = settled.landing / "kela" / "taken", tmp_path / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    assert intake.empty_landing(settled, in_days(DAYS + 1)) == ["kela/refused"]
    assert data_of(outside)


def test_an_emptying_that_was_killed_is_finished_by_the_next_night(
    settled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(door.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        intake.empty_landing(settled, in_days(DAYS + 1))
    monkeypatch.undo()
    assert in_landing(settled) == ALL - {"refused"}
    assert len(list(settled.landing.glob(".work-*"))) == 1
    assert "kela/refused" not in {arrival.name for arrival in intake.waiting(settled)[0]}
    assert intake.open_arrivals(settled, CONTRACTS).deliveries == ["kela/new"]
    assert list(settled.landing.glob(".work-*")) == []


def test_what_was_emptied_may_come_again_and_is_known(settled: Settings) -> None:
    note = (settled.landing / "kela" / "taken" / "delivery.yml").read_bytes()
    intake.empty_landing(settled, in_days(DAYS + 1))
    folder = a_folder(settled, "taken")
    assert (folder / "delivery.yml").read_bytes() == note
    done = intake.open_arrivals(settled, CONTRACTS)
    assert (done.deliveries, done.refused) == (["kela/new"], [])

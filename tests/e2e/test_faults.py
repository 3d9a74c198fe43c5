"""Killed anywhere, out of room, or pushed aside: nothing is lost, nothing is doubled, nothing published changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto import home, intake, lake, runs
from avainvarasto.errors import RunInProgress, StorageFailed
from avainvarasto.files import sha256_of
from avainvarasto.release import activate, candidate
from avainvarasto.report import publish
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.warehouse import build
from tests.conftest import Night, run_night
from tests.deliveries import (
    CONTRACTS,
    a_home,
    a_household_month,
    a_notification,
    an_assessment,
    deliver,
    edit_manifest,
    rewrite,
)

CopyHome = Callable[[], Settings]
POINTS = 100
# Marts that tell of deliveries and runs change when a delivery comes twice; all others must not.
OF_THE_RUN = ("mart_quality__deliveries", "mart_quality__checks")


def worker(module: str, *arguments: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.e2e.{module}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True)


def lines_of(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    output, _ = process.communicate()
    assert process.returncode == 0
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def arrivals(tmp_path: Path) -> Path:
    """A home with one delivery in the lake, and in landing a correction of it, another source, and a broken one."""
    settings = a_home(tmp_path / "template")
    deliver(settings, "kela_household_month", [a_household_month(n) for n in range(3)])
    intake.open_arrivals(settings, CONTRACTS)
    intake.land_extract(settings, CONTRACTS, "kela_household_month")
    intake.judge_extract(settings, CONTRACTS, "kela_household_month", "run")
    intake.commit_open(settings, CONTRACTS)
    rows = [a_household_month(n) for n in range(200)] + [a_household_month(999, household_type="TALO")]
    newer = {"delivery_id": "2018-05-08T0200", "created_at": "2018-05-08T02:00:00+03:00"}
    deliver(settings, "kela_household_month", rows, **newer)
    deliver(settings, "etotu_notification", [a_notification(n) for n in range(100)] + [a_notification(200, type="MUU")])
    rewrite(deliver(settings, "avain_assessment", [an_assessment()]), b"broken\n")
    return settings.home


def test_a_landing_killed_at_any_of_a_hundred_steps_ends_as_if_nothing_had_happened(
    arrivals: Path, tmp_path: Path
) -> None:
    shares = [worker("fault_worker", arrivals, tmp_path / f"work{n}", n, 2, POINTS) for n in range(2)]
    found = [lines_of(share) for share in shares]
    heads, points = [share[0] for share in found], [point for share in found for point in share[1:]]
    assert heads[0]["points"] == len(points) == POINTS
    assert heads[0]["steps"] > POINTS
    assert heads[0]["entries"] == 4  # of four files: three accepted and one refused
    assert [point for point in points if not point["killed"]] == []
    assert [point for point in points if not point["kept_what_was"]] == []
    assert [point for point in points if not point["same_as_undisturbed"]] == []
    assert sum(point["left_half_done"] for point in points) > POINTS // 2  # the kills did disturb


def test_an_activation_killed_at_any_step_leaves_the_old_release_or_the_new_one_whole(
    copied_home: CopyHome, tmp_path: Path
) -> None:
    settings = copied_home()
    record = settings.release / "current" / candidate.RECORD
    content = json.loads(record.read_text())
    content["build"]["lake_state"] = "an older one"
    record.chmod(0o644)
    record.write_text(json.dumps(content))
    candidate.make_candidate(settings)
    candidate.judge_candidate(settings, "run")
    head, *points = lines_of(worker("fault_release", settings.home, tmp_path / "work", 8))
    assert len(points) >= 8
    for point in points:
        assert point["killed"] and point["whole"], point
        assert point["inside"] == [point["active"]]
        assert point["active"] in (head["old"], head["new"])
        # Or a release that was named and not pointed to would stay so for ever.
        assert point["next_run_has_work"] or point["active"] == head["new"]
    assert {point["active"] for point in points} == {head["old"], head["new"]}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts a disk of so many megabytes, or resizes it."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def mount(megabytes: int) -> Path:
        nonlocal mounted
        options = f"{'remount,' if mounted else ''}size={megabytes}m"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False)
        if done.returncode:
            pytest.skip("no disk may be mounted here: what happens on a full one is not looked at")
        mounted = True
        return place

    yield mount
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


def fill(place: Path) -> Path:
    """Write until nothing more goes in."""
    ballast, piece = place / "ballast", 1 << 20
    with ballast.open("wb", buffering=0) as stream:
        while piece:
            try:
                stream.write(b"x" * piece)
            except OSError:
                piece //= 2
    return ballast


def test_a_disk_that_is_full_is_named_and_the_landing_goes_on_when_there_is_room(
    small_disk: Callable[[int], Path],
) -> None:
    settings = a_home(small_disk(20) / "home")
    deliver(settings, "kela_household_month", [a_household_month(n) for n in range(5000)])
    ballast = fill(settings.home.parent)
    with pytest.raises(StorageFailed) as stopped:
        intake.open_arrivals(settings, CONTRACTS)
        intake.land_extract(settings, CONTRACTS, "kela_household_month")
    assert str(settings.home) in stopped.value.where
    assert "the disk is full" in stopped.value.problem
    assert "make room on that disk, then do the same again" in stopped.value.remedy
    assert lake.ledger(settings) == []  # it was not the delivery's fault
    ballast.unlink()
    intake.open_arrivals(settings, CONTRACTS)
    (counts,) = intake.land_extract(settings, CONTRACTS, "kela_household_month").values()
    assert counts.n_loaded == 5000


def test_a_run_does_not_start_on_a_disk_that_it_would_fill(small_disk: Callable[[int], Path]) -> None:
    stopped = run_night(small_disk(30) / "home")
    assert stopped.code == 1
    assert "MB are free on this disk, and a run needs about" in stopped.output
    assert "Traceback" not in stopped.output


def test_a_lock_whose_starter_is_gone_says_what_holds_it(tmp_path: Path) -> None:
    settings = a_home(tmp_path)
    with home.run_lock(settings):
        gone = subprocess.Popen([sys.executable, "-c", "pass"])
        gone.wait()
        lock = settings.home / "run.lock"
        lock.write_text(json.dumps({"pid": gone.pid, "since": "2018-04-08T02:00:00+03:00"}))
        with pytest.raises(RunInProgress, match="is gone, but something that it started still holds the lock") as told:
            home.run_lock(settings).__enter__()
    assert "2018-04-08T02:00:00+03:00" in told.value.problem
    assert f"fuser {lock}" in told.value.remedy


def test_a_lock_left_by_a_killed_process_is_taken_and_says_who_has_it_now(tmp_path: Path) -> None:
    settings = a_home(tmp_path)
    lock = settings.home / "run.lock"
    for left in (json.dumps({"pid": 1, "since": "2018-04-08T02:00:00+03:00"}), '{"pid": 1, "si'):
        lock.write_text(left)
        with home.run_lock(settings):
            assert json.loads(lock.read_text())["pid"] == os.getpid()


def test_what_a_killed_run_had_taken_is_told_by_the_next_one(tmp_path: Path) -> None:
    settings = a_home(tmp_path)
    runs.begin(settings, "killed", datetime(2018, 5, 1, tzinfo=UTC))
    deliver(settings, "kela_household_month", [a_household_month(1)])
    intake.open_arrivals(settings, CONTRACTS)
    intake.land_extract(settings, CONTRACTS, "kela_household_month")
    intake.judge_extract(settings, CONTRACTS, "kela_household_month", "killed")
    assert len(intake.commit_open(settings, CONTRACTS)) == 1
    runs.begin(settings, "next", datetime(2018, 5, 2, tzinfo=UTC))
    runs.end(settings, "next", datetime(2018, 5, 2, tzinfo=UTC))
    report = publish.after_run(settings, "next", [], datetime(2018, 5, 2, tzinfo=UTC))
    text = publish.newest_text(settings)
    assert "Earlier runs that did not end" in text
    assert "2018-05-01T03:00:00+03:00" in text
    assert ("kela", "2018-04-08T0200") in report.summary.taken


def test_a_demo_delivered_by_half_is_delivered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path / "home")

    def cut(_landing: Path) -> list[Path]:
        (_landing / "kela").mkdir(parents=True)
        raise KeyboardInterrupt

    with monkeypatch.context() as cutting, pytest.raises(KeyboardInterrupt):
        cutting.setattr("avainvarasto.synthetic.demo.deliver", cut)
        home.prepare_demo(settings)
    assert home.is_empty(settings)
    assert len(home.prepare_demo(settings)) == len(intake.waiting(settings)[0])


def sizes(settings: Settings, pattern: str) -> int:
    try:
        return sum(path.stat().st_size for path in settings.home.glob(pattern) if path.is_file())
    except FileNotFoundError:  # the run moves things while we look
        return 0


# What a run has under way when it is killed: what must stand in the home, and at least so many bytes of it.
MOMENTS = [
    ("lake/_pending/*/*/open.json", 1),
    ("lake/_pending/**/*.receipt.json", 1),
    ("warehouse/builds/.building.duckdb*", 3_000_000),
    ("release/_candidate/*/release.duckdb", 1),
    ("release/_candidate/*/xlsx/*", 1),
]


def started(settings: Settings) -> subprocess.Popen[bytes]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("AVAINVARASTO_")}
    environment = given | {"AVAINVARASTO_HOME": str(settings.home)}
    command = [sys.executable, "-m", "dagster_project"]
    return subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )


def wait_for(settings: Settings, run: subprocess.Popen[bytes], pattern: str, least: int) -> None:
    while sizes(settings, pattern) < least:
        assert run.poll() is None, f"the run ended before {pattern} stood there"
        time.sleep(0.01)


def marts(settings: Settings) -> dict[str, str]:
    """Fingerprints of the newest build's tables, without those that tell of runs and deliveries."""
    prints: dict[str, str] = build.current(settings)[1]["fingerprints"]
    return {name: one for name, one in prints.items() if name.startswith(("core.dim", "core.fct_r", "marts."))} | {
        name: "" for name in prints if name.rpartition(".")[2] in OF_THE_RUN
    }


def killed_and_run_again(settings: Settings, pattern: str, least: int, undisturbed: dict[str, str]) -> None:
    """Deliver half a year again under a new id, kill the run at a moment, hold the next run's end against a build."""
    published, entries = sha256_of(settings.release / "current.duckdb"), len(lake.accepted(settings))
    again = settings.landing / "kela" / "2019-06-01T0200"
    shutil.copytree(settings.landing / "kela" / "2017-07-08T0200", again)
    edit_manifest(again, delivery_id=again.name, created_at="2019-06-01T02:00:00+03:00", replaces="2017-07-08T0200")
    delivered = [e for e in lake.accepted(settings) if (e["source"], e["delivery_id"]) == ("kela", "2017-07-08T0200")]
    run = started(settings)
    wait_for(settings, run, pattern, least)
    run.kill()
    run.wait()
    assert sha256_of(settings.release / "current.duckdb") == published
    with duckdb.connect(str(settings.release / "current.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from kela_flow.funnel").fetchone() != (0,)
    following = run_night(settings.home)
    assert following.code == 0, following.output
    assert "an earlier run did not end" in following.output
    assert len(lake.accepted(settings)) == entries + len(delivered)
    assert marts(settings) == undisturbed
    assert sha256_of(settings.release / "current.duckdb") != published
    assert [active for _, _, active in activate.releases(settings)][-1]
    assert sorted((settings.warehouse / "builds").glob(".*")) == []
    assert list((settings.lake / "_pending").glob("*/*")) == []
    assert list(settings.landing.glob(".*")) == []


def test_after_each_of_five_kills_the_next_run_ends_with_the_tables_of_an_undisturbed_one(
    night: Night, tmp_path: Path
) -> None:
    undisturbed = marts(night.settings)
    homes = [Settings(home=tmp_path / str(number)) for number, _ in enumerate(MOMENTS)]
    for settings in homes:
        shutil.copytree(night.settings.home, settings.home, symlinks=True)
    with ThreadPoolExecutor(max_workers=2) as pool:  # each run has a process of its own
        kills = {
            pattern: pool.submit(killed_and_run_again, settings, pattern, least, undisturbed)
            for settings, (pattern, least) in zip(homes, MOMENTS, strict=True)
        }
    assert {pattern: str(kill.exception()) for pattern, kill in kills.items() if kill.exception()} == {}

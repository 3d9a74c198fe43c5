"""Kills a landing at its n-th step, again and again: `python -m tests.e2e.fault_worker TEMPLATE WORK SHARE OF POINTS`.

A step is a change in the file system, a statement that a database is given, or a Parquet file written. The process
imports everything once and then forks; only children open databases. One line of JSON a point goes to standard output.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import great_expectations  # noqa: F401  imported before the fork: it takes ten seconds
import pyarrow.parquet as pq

from avainvarasto import intake, lake
from avainvarasto.contracts import load_contracts
from avainvarasto.quality import duckdb_source  # noqa: F401
from avainvarasto.settings import PROJECT_ROOT, Settings

CONTRACTS = load_contracts(PROJECT_ROOT / "expectations")
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree")


def land(settings: Settings) -> None:
    """The landing step of a run, without an orchestrator."""
    intake.open_arrivals(settings, CONTRACTS)
    for extract in CONTRACTS:
        intake.land_extract(settings, CONTRACTS, extract)
    for extract in CONTRACTS:
        intake.judge_extract(settings, CONTRACTS, extract, "run")
    intake.commit_open(settings, CONTRACTS)


def at_step(home: Path, act: Callable[[int], None]) -> None:
    """Call `act` with the number of each step from now on, before it happens."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        act(count)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR) or (isinstance(mode, str) and set(mode) & set("wax+"))
            if writes and str(path).startswith(str(home)):
                step()
        elif event in _CHANGES and str(home) in str(arguments[0]):
            step()

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            step()
            return function(*arguments, **named)

        return call

    class Connection:
        """A database's connection whose statements are steps."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            self._own = connect(*arguments, **named)

        def __getattr__(self, name: str) -> Any:
            found = getattr(self._own, name)
            return counting(found) if name.startswith("execute") else found

        def __enter__(self) -> Connection:
            return self

        def __exit__(self, *_: object) -> None:
            self._own.close()

    connect = duckdb.connect
    duckdb.connect = Connection  # type: ignore[assignment, misc]
    pq.write_table = counting(pq.write_table)
    sys.addaudithook(audit)


def in_child(work: Callable[[], None]) -> int:
    """Run `work` in a fork; the signal that ended it, or 0. An exception in it ends this process too."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    if os.WEXITSTATUS(status):
        sys.exit("a child failed")
    return 0


def state(settings: Settings) -> dict[str, Any]:
    """What stands in the zones, without the times of its reception; read in a child, passed through a file."""
    target = settings.home / "state.json"

    def write() -> None:
        ledger = [{k: str(v) for k, v in row.items() if k != "received_at"} for row in lake.ledger(settings)]
        zones = (settings.lake, settings.quarantine, settings.restricted, settings.landing)
        files = sorted(
            path.relative_to(settings.home).as_posix() for zone in zones for path in zone.rglob("*") if path.is_file()
        )
        rows = {
            name: sorted(map(str, pq.read_table(settings.home / name).to_pylist()))
            for name in files
            if name.endswith(".parquet") and "_ledger" not in name
        }
        target.write_text(json.dumps({"ledger": ledger, "files": files, "rows": rows}))

    in_child(write)
    content: dict[str, Any] = json.loads(target.read_text())
    target.unlink()
    return content


def main() -> None:
    template, work, share, of, points = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6])

    def fresh() -> Settings:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(template, work, symlinks=True)
        return Settings(home=work)

    settings = fresh()
    before = state(settings)
    counter = work.with_name(work.name + ".steps")

    def counted() -> None:
        steps = []
        at_step(work, steps.append)
        land(settings)
        counter.write_text(str(len(steps)))

    in_child(counted)
    steps = int(counter.read_text())
    undisturbed = state(settings)
    chosen = sorted({1 + round(i * (steps - 1) / (points - 1)) for i in range(points)})
    print(json.dumps({"steps": steps, "points": len(chosen), "entries": len(undisturbed["ledger"])}), flush=True)
    for point in chosen[share::of]:
        settings = fresh()

        def cut(point: int = point, settings: Settings = settings) -> None:
            at_step(work, lambda n: os.kill(os.getpid(), signal.SIGKILL) if n == point else None)
            land(settings)

        ended_by = in_child(cut)
        after = state(settings)
        in_child(lambda settings=settings: land(settings))
        print(
            json.dumps(
                {
                    "point": point,
                    "killed": ended_by == signal.SIGKILL,
                    "left_half_done": after not in (before, undisturbed),
                    "kept_what_was": all(row in after["ledger"] for row in before["ledger"])
                    and all(after["rows"].get(name) == rows for name, rows in before["rows"].items()),
                    "same_as_undisturbed": state(settings) == undisturbed,
                }
            ),
            flush=True,
        )
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()

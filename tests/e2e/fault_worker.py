"""Kills a landing at its n-th step, again and again: `python -m tests.e2e.fault_worker TEMPLATE WORK SHARE OF POINTS`.

The process imports everything once and then forks; only children open databases. One line of JSON a point goes to
standard output.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import great_expectations  # noqa: F401  imported before the fork: it takes ten seconds
import pyarrow.parquet as pq

from avainvarasto import intake, lake
from avainvarasto.contracts import load_contracts
from avainvarasto.quality import duckdb_source  # noqa: F401
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.killing import at_step, in_child, killed_at

CONTRACTS = load_contracts(PROJECT_ROOT / "expectations")


def land(settings: Settings) -> None:
    """The landing step of a run, without an orchestrator."""
    intake.open_arrivals(settings, CONTRACTS)
    for extract in CONTRACTS:
        intake.land_extract(settings, CONTRACTS, extract)
    for extract in CONTRACTS:
        intake.judge_extract(settings, CONTRACTS, extract, "run")
    intake.commit_open(settings, CONTRACTS)


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
        at_step(steps.append, inside=work, also_statements=True)
        land(settings)
        counter.write_text(str(len(steps)))

    in_child(counted)
    steps = int(counter.read_text())
    undisturbed = state(settings)
    chosen = sorted({1 + round(i * (steps - 1) / (points - 1)) for i in range(points)})
    print(json.dumps({"steps": steps, "points": len(chosen), "entries": len(undisturbed["ledger"])}), flush=True)
    settings = Settings(home=work)
    for point in chosen[share::of]:
        fresh()
        killed = killed_at(point, lambda: land(settings), inside=work, also_statements=True)
        after = state(settings)
        in_child(lambda: land(settings))
        print(
            json.dumps(
                {
                    "point": point,
                    "killed": killed,
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

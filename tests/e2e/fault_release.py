"""Kills an activation at its n-th step: `python -m tests.e2e.fault_release TEMPLATE WORK POINTS`; a line of JSON each.

TEMPLATE is a home with an active release and a judged candidate.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto import status
from avainvarasto.release import activate, candidate
from avainvarasto.settings import Settings
from tests.killing import at_step, in_child, killed_at


def looked_at(settings: Settings) -> dict[str, Any]:
    """What a reader finds, and whether the next run has something to do; read in a child."""
    target = settings.home / "looked.json"

    def look() -> None:
        record = activate.active_record(settings)
        with duckdb.connect(str(settings.release / "current.duckdb"), read_only=True) as connection:
            inside = connection.execute("select release_id from reference.release").fetchall()
        exports = {path.suffix for path in (settings.release / "current").rglob("*.*") if path.parent.name != "current"}
        target.write_text(
            json.dumps(
                {
                    "active": record["release_id"] if record else None,
                    "inside": [row[0] for row in inside],
                    "whole": exports >= {".parquet", ".csv", ".xlsx"},
                    "next_run_has_work": status.release_is_behind(settings),
                }
            )
        )

    in_child(look)
    content: dict[str, Any] = json.loads(target.read_text())
    return content


def main() -> None:
    template, work, points = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

    def fresh() -> Settings:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(template, work, symlinks=True)
        return Settings(home=work)

    settings = fresh()
    old = looked_at(settings)["active"]
    new = candidate.newest_candidate(settings).release_id
    counter = work.with_name(work.name + ".steps")

    def counted() -> None:
        steps: list[int] = []
        at_step(steps.append, inside=work, also_statements=True)
        activate.activate(settings)
        counter.write_text(str(len(steps)))

    in_child(counted)
    steps = int(counter.read_text())
    print(json.dumps({"old": old, "new": new, "steps": steps}), flush=True)
    # The last steps, one by one, are those that name the release and point to it; of the exports a sample will do.
    last = range(max(1, steps - points // 2), steps + 1)
    for point in sorted({*last, *range(1, steps, max(1, 2 * steps // points))}):
        fresh()
        killed = killed_at(point, lambda: activate.activate(settings), inside=work, also_statements=True)
        print(json.dumps({"point": point, "killed": killed} | looked_at(settings)), flush=True)
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()

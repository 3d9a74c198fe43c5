"""`python -m tests.unit.killed_rewrites WHAT FOLDER`: does WHAT in copies of FOLDER/home, killed at every file step.

A process of its own, since forked children of a test run would inherit its threads. Prints how often the home was the
old and the new one afterwards, and the steps after which it was neither.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow.dataset  # noqa: F401 - read_table imports it when first called: once here, not in every child

from avainvarasto import home as homes
from avainvarasto.files import sha256_of
from avainvarasto.pseudonymise import keys
from avainvarasto.rewrite import journal
from avainvarasto.rewrite.forgetting import forget_persons
from avainvarasto.rewrite.rotation import rotate
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS
from tests.killing import in_child, killed_at
from tests.pseudonymous_home import ALONE

OF_A_RUN = ("started", "finished")


def do(what: str, settings: Settings) -> None:
    if what == "settle":
        journal.recover(settings)
    elif what == "rotate":
        with patch.object(keys, "random_key", return_value=bytes(range(32))):
            rotate(settings, CONTRACTS)
    else:
        codes = settings.home.parent / "codes.txt"
        forget_persons(settings, CONTRACTS, codes)


def write_content(settings: Settings, to: Path) -> None:
    """Digest of every file of the home once the lock was taken, moments aside."""
    with homes.run_lock(settings):
        pass
    found: dict[str, Any] = {}
    for path in (path for path in settings.home.rglob("*") if path.is_file() and path.name != "run.lock"):
        if path.parent.name == "_forgotten":
            record = json.loads(path.read_text())
            found["the record"] = {key: value for key, value in record.items() if key not in OF_A_RUN}
        else:
            found[path.relative_to(settings.home).as_posix()] = sha256_of(path)
    to.write_text(json.dumps(found, sort_keys=True))


def content_after(what: str | None, kill_at: int, start: Path, folder: Path) -> tuple[str, bool]:
    """A copy of the home, something done to it and killed there, and what it is then; and whether it got done."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(start, copy, symlinks=True)
    settings, result = Settings(home=copy), folder / "content.json"
    killed = killed_at(kill_at, lambda: do(what, settings), inside=copy) if what else False
    in_child(lambda: write_content(settings, result))
    return result.read_text(), not killed


def main(what: str, folder: Path) -> None:
    (folder / "codes.txt").write_text(ALONE)
    start = folder / "home"
    if what == "settle":  # a rewrite killed in the middle of its moves; then the settling is killed
        start = folder / "ready"
        kill_at = 1
        while not (start / "lake" / "_rewrite" / "ready.json").exists():
            shutil.rmtree(start, ignore_errors=True)
            shutil.copytree(folder / "home", start, symlinks=True)
            killed_at(kill_at, lambda: do("forget", Settings(home=start)), inside=start)
            kill_at += 1
    old, _ = content_after(None, 0, start, folder)
    new, _ = content_after(what, 0, start, folder)
    if what != "settle" and old == new:
        sys.exit("nothing was rewritten")
    counts: dict[str, Any] = {"old": 0, "new": 0, "mixtures": []}
    step, ended = 0, False
    while not ended:
        step += 1
        after, ended = content_after(what, step, start, folder)
        if after == new:
            counts["new"] += 1
        elif after == old:
            counts["old"] += 1
        else:
            counts["mixtures"].append(step)
    print(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

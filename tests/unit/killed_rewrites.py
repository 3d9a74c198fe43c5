"""`python -m tests.unit.killed_rewrites WHAT FOLDER`: does WHAT in copies of FOLDER/home, killed at every file step.

A process of its own, since forked children of a test run would inherit its threads. Prints how often the home was the
old and the new one afterwards, and the steps after which it was neither.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
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
from tests.pseudonymous_home import ALONE

EVENTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "os.link", "os.symlink")
OF_A_RUN = ("started", "finished")


def count_steps(kill_at: int) -> None:
    """From here on every change of a file is counted, and the process dies just before the one of that number."""
    steps = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in EVENTS:
            steps += 1
            if steps == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def in_a_child(work: Callable[[], None]) -> bool:
    """Do it in a fork; False if it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status):
        sys.exit("a child failed")
    return True


def do(what: str, settings: Settings, kill_at: int) -> None:
    count_steps(kill_at)
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


def content_after(work: Callable[[Settings], None], start: Path, folder: Path) -> tuple[str, bool]:
    """A copy of the home, something done to it, and what it is then; and whether the work came to its end."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(start, copy, symlinks=True)
    settings, result = Settings(home=copy), folder / "content.json"
    ended = in_a_child(lambda: work(settings))
    in_a_child(lambda: write_content(settings, result))
    return result.read_text(), ended


def main(what: str, folder: Path) -> None:
    (folder / "codes.txt").write_text(ALONE)
    start = folder / "home"
    if what == "settle":  # a rewrite killed in the middle of its moves; then the settling is killed
        start = folder / "ready"
        kill_at = 1
        while not (start / "lake" / "_rewrite" / "ready.json").exists():
            shutil.rmtree(start, ignore_errors=True)
            shutil.copytree(folder / "home", start, symlinks=True)
            in_a_child(lambda at=kill_at: do("forget", Settings(home=start), at))
            kill_at += 1
    old, _ = content_after(lambda _settings: None, start, folder)
    new, _ = content_after(lambda settings: do(what, settings, 0), start, folder)
    if what != "settle" and old == new:
        sys.exit("nothing was rewritten")
    counts: dict[str, Any] = {"old": 0, "new": 0, "mixtures": []}
    step, ended = 0, False
    while not ended:
        step += 1
        after, ended = content_after(lambda settings, at=step: do(what, settings, at), start, folder)
        if after == new:
            counts["new"] += 1
        elif after == old:
            counts["old"] += 1
        else:
            counts["mixtures"].append(step)
    print(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

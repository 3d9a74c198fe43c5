"""Work that is killed (-9) at its n-th step, in a fork.

A step is a change in the file system: a file opened for writing, renamed, removed, given other rights. Databases and
Parquet writers change files behind Python's back; `also_statements` makes their calls steps too. Fork only from a
process that has no threads: a worker of its own, or a test without open databases.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "os.link", "os.symlink")


def in_child(work: Callable[[], object]) -> bool:
    """Do the work in a fork; True if it was killed there.

    Raises:
        AssertionError: the work failed by itself.
    """
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the work failed by itself"
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def killed_at(number: int, work: Callable[[], object], *, inside: Path, also_statements: bool = False) -> bool:
    """Do the work in a fork that is killed just before the step of that number; False if it got done before."""

    def killing() -> None:
        kill = lambda n: os.kill(os.getpid(), signal.SIGKILL) if n == number else None  # noqa: E731
        at_step(kill, inside=inside, also_statements=also_statements)
        work()

    return in_child(killing)


def at_step(act: Callable[[int], object], *, inside: Path, also_statements: bool = False) -> None:
    """From now on, in this process, call `act` with the number of each step before it happens.

    Changes of files count below `inside` only: what Python keeps of imported modules is no step.
    """
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        act(count)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in _CHANGES:
            path = str(arguments[0])  # relative where a folder is cleared by its handle
            if path.startswith(str(inside)) or not path.startswith("/"):
                step()

    if also_statements:
        _count_statements(step)
    sys.addaudithook(audit)


def _count_statements(step: Callable[[], None]) -> None:
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

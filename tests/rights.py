"""Steps done by an account without rights of its own; tests often run as root, for whom rights do not count."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOBODY = 65534


def give_to_nobody(folder: Path) -> None:
    """Let the account of `as_nobody` own a folder and all in it, as the house's account owns its home."""
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.lchown(path, NOBODY, NOBODY)


def as_nobody(step: Callable[[], Any]) -> Any:
    """What a step returns (as JSON), or the text of what it raised, when it is done without rights.

    Skips, or in CI fails, where this process can neither be without rights nor give them up.
    """
    if os.geteuid() != 0:
        return _outcome(step)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            outcome = {"done": _outcome(step)}
        except OSError as error:
            outcome = {"rights": str(error)}
        os.write(writing, json.dumps(outcome).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = json.loads(stream.read() or b'{"done": "the child died"}')
    os.waitpid(child, 0)
    if "rights" in told:
        reason = f"this account cannot give up its rights: {told['rights']}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return told["done"]


def _outcome(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

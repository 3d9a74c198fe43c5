"""The record of what left: one line of JSON an event log, on the disk before the log itself appears."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from avainvarasto.files import to_disk
from avainvarasto.settings import Settings

NAME = "event_log_exports.jsonl"


def record_file(settings: Settings) -> Path:
    """Where the record lies."""
    return settings.logs / NAME


def note(settings: Settings, entry: Mapping[str, Any]) -> None:
    """Add a line; when this returns it survives a power cut."""
    path = record_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(dict(entry), ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as stream:
        # A line that a crash cut short ends before ours begins.
        size = stream.seek(0, os.SEEK_END)
        if size:
            stream.seek(size - 1)
            line = line if stream.read(1) == b"\n" else "\n" + line
        stream.write(line.encode())
        os.fsync(stream.fileno())
    to_disk(path.parent)


def account() -> str:
    """The account of this process; what a person says of themself is not all that is recorded."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())

"""Bytes on their way: summed while they pass, and on the disk before anything relies on them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Summed:
    """A stream that counts and hashes what passes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        return self._passed(self._stream.read(size))

    def write(self, data: bytes, /) -> int:
        self._passed(data)
        return self._stream.write(data)

    def _passed(self, data: bytes) -> bytes:
        self._digest.update(data)
        self.size += len(data)
        return data


@contextmanager
def new_file(path: Path, mode: int) -> Iterator[IO[bytes]]:
    """A file that was not there, with its rights from the first byte, on the disk at the end."""
    number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with os.fdopen(number, "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())

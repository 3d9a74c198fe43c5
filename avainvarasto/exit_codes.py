"""How a program of this house ends, as a scheduler sees it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What whoever started the program should know without reading anything."""

    IN_ORDER = 0
    REFUSED_OR_FAILED = 1
    WRONG_CALL = 2  # argparse's own
    LATE = 3  # nothing was refused and nothing failed, but something that is expected has not come

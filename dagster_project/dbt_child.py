"""`avainvarasto-dbt`: dbt as a child that does not outlive the run that started it.

Belongs here: the bond between a run and its dbt process. Does not: what dbt is asked to do. A dbt that went on after
its run was killed would write into the files of the next run.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the system to end this process with its parent, then be dbt."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the bond was made
            sys.exit(1)
    from dbt.cli.main import cli

    cli()


if __name__ == "__main__":
    main()

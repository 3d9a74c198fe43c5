"""`avainvarasto`: what data managers and analysts ask of a home, without starting a run."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from avainvarasto.commands import backup, deliveries, demo, flow, forget, home, keys, land, report
from avainvarasto.errors import AvainvarastoError
from avainvarasto.exit_codes import ExitCode
from avainvarasto.settings import Settings, load_settings

SUBJECTS = (home, land, deliveries, flow, report, keys, forget, backup, demo)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, run one command, and say errors in plain words; 0 or 1 (2 for a wrong call)."""
    parser = argparse.ArgumentParser(prog="avainvarasto", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for subject in SUBJECTS:
        subject.add(commands)
    chosen = parser.parse_args(arguments)
    command: Callable[[Settings, argparse.Namespace], int] = chosen.command
    try:
        code = command(load_settings(), chosen)
        sys.stdout.flush()
        return code
    except AvainvarastoError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return ExitCode.REFUSED_OR_FAILED
    except BrokenPipeError:  # whoever read us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.IN_ORDER


if __name__ == "__main__":
    sys.exit(main())

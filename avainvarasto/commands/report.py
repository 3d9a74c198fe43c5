"""The morning report, again."""

from __future__ import annotations

import argparse

from avainvarasto.exit_codes import ExitCode
from avainvarasto.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    report = commands.add_parser("report", help="the newest morning report")
    report.add_argument("--send", action="store_true", help="send it again over the ways that are set")
    report.set_defaults(command=_report)


def _report(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.report import publish

    if chosen.send:
        print(f"Sent: {', '.join(publish.send_again(settings))}.")
    else:
        print(publish.newest_text(settings), end="")
    return ExitCode.IN_ORDER

"""The Kela flow at unit level, for analysts who are cleared for it."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path

from avainvarasto.commands.output import print_fields
from avainvarasto.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    flow = commands.add_parser("flow", help="the Kela flow as an event log, for cleared analysts")
    parts = flow.add_subparsers(required=True, metavar="WHAT")
    xes = parts.add_parser("xes", help="write cases and events of the newest build as XES; recorded in logs/")
    xes.set_defaults(command=_xes)
    xes.add_argument("file", type=Path, metavar="FILE", help="new file, .xes or .xes.gz, in a folder of yours alone")
    xes.add_argument("--purpose", required=True, metavar="TEXT", help="what the log is for")
    xes.add_argument("--person", required=True, metavar="NAME", help="who takes it")
    xes.add_argument("--permit", default="", metavar="TEXT", help="permit or decision; a must for confidential data")
    xes.add_argument("--from", dest="sent_from", metavar="YYYY-MM", help="first month of the sending")
    xes.add_argument("--to", dest="sent_to", metavar="YYYY-MM", help="last month of the sending")
    xes.add_argument("--type", dest="types", action="append", default=[], metavar="CODE", help="type; several may be")
    xes.add_argument("--keep-keys", action="store_true", help="keys of the warehouse instead of keys of this file")


def _xes(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.eventlog.cases import Choice
    from avainvarasto.eventlog.export import Wish, export
    from avainvarasto.home import run_lock

    choice = Choice(
        _month("--from", chosen.sent_from), _month("--to", chosen.sent_to), tuple(sorted(set(chosen.types)))
    )
    wish = Wish(chosen.file, chosen.purpose, chosen.person, chosen.permit, choice, chosen.keep_keys)
    with run_lock(settings):
        done = export(settings, wish)
    print_fields(
        [
            ("event log", done.file),
            ("cases", done.counts.traces),
            ("events", done.counts.events),
            ("size", f"{done.size} bytes"),
            ("sha256", done.sha256),
        ]
    )
    print("Rows of persons: keep it where only you can read it, and remove it when the work is done.")
    return 0


def _month(option: str, given: str | None) -> date | None:
    from avainvarasto.eventlog.refusal import refused

    if given is None:
        return None
    try:
        return datetime.strptime(given, "%Y-%m").date()
    except ValueError:
        raise refused(option, "is not a month", "write YYYY-MM") from None

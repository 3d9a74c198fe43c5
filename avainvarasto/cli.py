"""`avainvarasto`: what data managers and analysts ask of a home, without starting a run."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from typing import Any

from avainvarasto.errors import AvainvarastoError
from avainvarasto.settings import Settings, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, run one command, and say errors in plain words; 0 or 1 (2 for a wrong call)."""
    chosen = _parser().parse_args(arguments)
    command: Callable[[Settings, argparse.Namespace], int] = chosen.command
    try:
        return command(load_settings(), chosen)
    except AvainvarastoError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="avainvarasto", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, text in (
        ("status", _status, "is there anything to do, and what is active"),
        ("deliveries", _deliveries, "delivered files and what became of their rows"),
        ("releases", _releases, "releases kept in this home; the active one is marked"),
    ):
        commands.add_parser(name, help=text).set_defaults(command=command)
    rollback = commands.add_parser("rollback", help="make an earlier release the active one")
    rollback.add_argument("release_id")
    rollback.set_defaults(command=_rollback)
    query = commands.add_parser("query", help="SQL on the active release, read-only; the result as CSV")
    query.add_argument("sql")
    query.set_defaults(command=_query)
    contracts = commands.add_parser("contracts", help="what follows from the contracts")
    contracts.add_argument("what", choices=["dbt-sources", "check"])
    contracts.set_defaults(command=_contracts)
    return parser


def _status(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto import status
    from avainvarasto.release.activate import active_record

    news = status.news(settings)
    record = active_record(settings)
    print(f"home            {settings.home}")
    print(f"active release  {record['release_id'] if record else 'none'}")
    print(f"new deliveries  {', '.join(news.deliveries) or 'none'}")
    print(f"not yet arrived {', '.join(news.unfinished) or 'none'}")
    print("next            " + ("make run" if news.anything else "nothing to do"))
    return 0


def _deliveries(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto import lake

    columns = ("source", "delivery_id", "file", "accepted", "n_delivered", "n_loaded", "n_quarantined", "reason")
    _print_csv(columns, ([row[name] for name in columns] for row in lake.ledger(settings)))
    return 0


def _releases(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto.release import activate

    for release_id, made_at, active in activate.releases(settings):
        print(f"{'*' if active else ' '} {release_id}  made {made_at}")
    return 0


def _rollback(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.home import run_lock
    from avainvarasto.release import activate

    with run_lock(settings):
        activate.rollback(settings, chosen.release_id)
    print(f"{chosen.release_id} is the active release now.")
    return 0


def _query(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.release import reader

    columns, rows = reader.query(settings, chosen.sql)
    _print_csv(columns, rows)
    return 0


def _contracts(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.contracts import dbt_sources, load_contracts

    contracts = load_contracts(settings.expectations)
    if chosen.what == "dbt-sources":
        print(dbt_sources(contracts), end="")
    else:
        print(f"{len(contracts)} contracts are in order: {', '.join(contracts)}")
    return 0


def _print_csv(columns: Sequence[str], rows: Any) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())

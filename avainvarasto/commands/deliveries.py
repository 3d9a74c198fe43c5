"""What came, and what became of it."""

from __future__ import annotations

import argparse

from avainvarasto.commands.output import print_csv
from avainvarasto.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    deliveries = commands.add_parser("deliveries", help="delivered files and what became of their rows")
    deliveries.set_defaults(command=_deliveries)


def _deliveries(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto import lake

    columns = ("source", "delivery_id", "file", "accepted", "n_delivered", "n_loaded", "n_quarantined", "reason")
    print_csv(columns, ([row[name] for name in columns] for row in lake.ledger(settings)))
    return 0

"""Forgetting a person or all rows of a permit. Codes come in a file: a command line is seen by others and kept."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from avainvarasto.settings import Settings

if TYPE_CHECKING:
    from avainvarasto.contracts import Contract
    from avainvarasto.rewrite.forgetting import Forgotten


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    subject = commands.add_parser("forget", help="remove persons, or everything of a permit, from this home")
    forget = subject.add_subparsers(required=True, metavar="WHAT")
    person = forget.add_parser("person", help="persons whose identity codes stand in a file, one a line")
    person.add_argument("file", type=Path)
    person.set_defaults(command=_person)
    permit = forget.add_parser("permit", help="every row of the extracts held under a data permit")
    permit.add_argument("permit")
    permit.set_defaults(command=_permit)


def _person(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.rewrite.forgetting import forget_persons

    _say(_under_lock(settings, lambda contracts: forget_persons(settings, contracts, chosen.file)))
    print("Next: remove the file you gave, then make run.")
    return 0


def _permit(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.rewrite.forgetting import forget_permit

    _say(_under_lock(settings, lambda contracts: forget_permit(settings, contracts, chosen.permit)))
    print("Next: make run.")
    return 0


def _under_lock(settings: Settings, forget: Callable[[dict[str, Contract]], Forgotten]) -> Forgotten:
    from avainvarasto.contracts import load_contracts
    from avainvarasto.home import run_lock

    with run_lock(settings):
        return forget(load_contracts(settings.expectations))


def _say(done: Forgotten) -> None:
    for extract, zones in done.rows.items():
        print(f"{extract}: {', '.join(f'{n} rows of {zone}' for zone, n in zones.items())} removed")
    print(f"{len(done.builds)} builds dropped, {done.emptied} taken deliveries removed from the landing zone")
    print(f"{len(done.releases)} releases are withdrawn as soon as a new one is active")
    if done.waiting:
        print("These deliveries were not taken and may hold what was to be forgotten; remove their folders or have")
        print(f"them sent again without it: {', '.join(done.waiting)}")

"""Take in what has arrived without building anything: how a new extract or a correction is tried out by day."""

from __future__ import annotations

import argparse
from datetime import datetime

from avainvarasto.commands.output import print_fields
from avainvarasto.exit_codes import ExitCode
from avainvarasto.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parser of this command."""
    land = commands.add_parser("land", help="take in what has arrived, and build nothing yet")
    land.set_defaults(command=_land)


def _land(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto import intake, runs, summary
    from avainvarasto.contracts import load_contracts
    from avainvarasto.home import run_lock

    run_id = f"land-{datetime.now():%Y%m%dT%H%M%S}"
    with run_lock(settings):
        before = runs.snapshot(settings)
        all_judged = intake.take_in(settings, load_contracts(settings.expectations), run_id)
        after = summary.of_run(settings, before, run_id)
    shown = ("deliveries taken", "not yet arrived", "rows loaded", "rows quarantined", "checks run")
    print_fields([(name, value) for name, value in after.rows() if name in shown])
    for reason in after.refused.values():
        print(f"! {reason}")
    if not all_judged:
        print("A landing suite is red: the other deliveries are taken the next time.")
    elif after.taken:
        print("Next: `make run` builds and releases with them.")
    return ExitCode.REFUSED_OR_FAILED if after.refused else ExitCode.IN_ORDER

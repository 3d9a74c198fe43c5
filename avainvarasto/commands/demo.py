"""The made-up country: its deliveries, a lake of it, and how it compares with published totals."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from avainvarasto.commands.output import print_csv
from avainvarasto.settings import Settings

if TYPE_CHECKING:
    from avainvarasto.synthetic.country.country import Country

COLUMNS = ["measure", "period", "published", "made_up", "apart_percent", "allowed_percent", "holds", "source"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    demo = commands.add_parser("demo", help="the made-up country")
    parts = demo.add_subparsers(required=True, metavar="WHAT")
    calibration = parts.add_parser("calibration", help="its totals beside the published ones, as CSV")
    calibration.set_defaults(command=_calibration)
    deliver = parts.add_parser("deliver", help="put deliveries of all sources into the landing zone")
    deliver.set_defaults(command=_deliver)
    deliver.add_argument(
        "--every", type=int, choices=(1, 3, 6, 12), default=1, help="months of a delivery of Kela and eTotu"
    )
    deliver.add_argument("--dirty", action="store_true", help="and one broken delivery of each kind, for training")
    lake = parts.add_parser("lake", help="write the same rows straight into the lake of an empty home, for benchmarks")
    lake.set_defaults(command=_lake)
    lake.add_argument("--person-months", type=int, help="instead of --scale: about so many rows of kela_person_month")
    for one in (calibration, deliver, lake):
        one.add_argument("--scale", type=float, default=0.01, help="1 is the whole country")
        one.add_argument("--from", dest="first", default="2017-01", metavar="YYYY-MM")
        one.add_argument("--to", dest="last", default="2019-12", metavar="YYYY-MM")
        one.add_argument("--seed", type=int, default=7, help="the same seed and arguments give the same bytes")
        one.add_argument(
            "--effect", type=float, default=0.15, help="how many more leave where the model works: 0 is none"
        )
        one.add_argument("--traps", default="all", help="the planted traps: all, none, or numbers such as 3,7")
        one.add_argument(
            "--clients",
            choices=("committing", "all"),
            default="committing",
            help="who becomes a client of AVAIN: only who commits to the work, or whoever",
        )


def _country(settings: Settings, chosen: argparse.Namespace) -> Country:
    from avainvarasto.synthetic.country.country import make_country
    from avainvarasto.synthetic.country.traps import chosen_traps
    from avainvarasto.synthetic.country.truth import Truth

    return make_country(
        settings.project_root / "dbt" / "seeds" / "municipality.csv",
        scale=chosen.scale,
        first=chosen.first,
        last=chosen.last,
        seed=chosen.seed,
        truth=Truth.of(chosen.effect),
        traps=chosen_traps(chosen.traps),
        committing_only=chosen.clients == "committing",
    )


def _calibration(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 if every total holds, else 1."""
    from avainvarasto.synthetic.country.calibration import calibration

    lines = list(calibration(_country(settings, chosen)))
    rows = [
        (
            line.target.measure,
            line.target.period,
            f"{line.target.value:.2f}" if line.target.is_share else f"{line.target.value:.0f}",
            f"{line.made:.3f}" if line.target.is_share else f"{line.made:.0f}",
            f"{100 * line.made / line.target.value - 100:+.1f}",
            f"{100 * line.allowed / line.target.value:.1f}",
            "yes" if line.holds else "no",
            line.target.source,
        )
        for line in lines
    ]
    print_csv(COLUMNS, rows)
    return 0 if all(line.holds for line in lines) else 1


def _deliver(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.contracts import load_contracts
    from avainvarasto.home import make_demo_key, run_lock
    from avainvarasto.synthetic.dirty import add_broken, left_out
    from avainvarasto.synthetic.sources.deliver import deliver, expected

    contracts = load_contracts(settings.expectations)
    with run_lock(settings):
        country = _country(settings, chosen)
        make_demo_key(settings)
        sending = deliver(settings.landing, country, contracts, every=chosen.every)
        n = _counted(sending, "delivering", expected(country, chosen.every))
        print(f"{n} deliveries lie in {settings.landing}; what is true in them says {settings.home / 'truth.yml'}.")
        if chosen.dirty:
            n = _counted(add_broken(settings.landing, contracts), "breaking", None)
            print(f"{n} broken ones lie beside them; docs/guides/broken-deliveries.md says what becomes of each.")
            if lacking := sorted(left_out(settings.landing, contracts)):
                print(f"Not made, as no delivery here is large enough or of the kind: {', '.join(lacking)}.")
    return 0


def _lake(settings: Settings, chosen: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import track

    from avainvarasto.contracts import load_contracts
    from avainvarasto.home import run_lock
    from avainvarasto.synthetic.sources.lake_files import scale_for, write_lake

    seeds = settings.project_root / "dbt" / "seeds" / "municipality.csv"
    if chosen.person_months:
        chosen.scale = scale_for(seeds, chosen.person_months, first=chosen.first, last=chosen.last, seed=chosen.seed)
    rows: Counter[str] = Counter()
    with run_lock(settings):
        country = _country(settings, chosen)
        writing = write_lake(settings.home, country, load_contracts(settings.expectations))
        console = Console(stderr=True)
        for written in track(writing, "writing", total=len(country.months) + 1, console=console, transient=True):
            rows.update(written)
    print_csv(["extract", "rows"], sorted(rows.items()))
    return 0


def _counted(making: Iterable[Path], what: str, expected: int | None) -> int:
    """How many were made, with a bar on the terminal while it lasts."""
    from rich.console import Console
    from rich.progress import track

    return sum(1 for _ in track(making, what, total=expected, console=Console(stderr=True), transient=True))

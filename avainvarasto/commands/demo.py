"""The made-up country: its deliveries, and how it compares with published totals."""

from __future__ import annotations

import argparse
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
    deliver = parts.add_parser("deliver", help="put deliveries of Kela and eTotu into the landing zone")
    deliver.set_defaults(command=_deliver)
    for one in (calibration, deliver):
        one.add_argument("--scale", type=float, default=0.01, help="1 is the whole country")
        one.add_argument("--from", dest="first", default="2017-01", metavar="YYYY-MM")
        one.add_argument("--to", dest="last", default="2019-12", metavar="YYYY-MM")
        one.add_argument("--seed", type=int, default=7, help="the same seed and arguments give the same bytes")
        one.add_argument(
            "--effect", type=float, default=0.15, help="how many more leave where the model works: 0 is none"
        )


def _country(settings: Settings, chosen: argparse.Namespace) -> Country:
    from avainvarasto.synthetic.country.country import make_country
    from avainvarasto.synthetic.country.truth import Truth

    return make_country(
        settings.project_root / "dbt" / "seeds" / "municipality.csv",
        scale=chosen.scale,
        first=chosen.first,
        last=chosen.last,
        seed=chosen.seed,
        truth=Truth.of(chosen.effect),
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
    from rich.console import Console
    from rich.progress import track

    from avainvarasto.contracts import load_contracts
    from avainvarasto.home import make_demo_key, run_lock
    from avainvarasto.synthetic.country.deliver import deliver

    contracts = load_contracts(settings.expectations)
    with run_lock(settings):
        make_demo_key(settings)
        country = _country(settings, chosen)
        sending = deliver(settings.landing, country, contracts)
        bar = track(sending, "delivering", total=len(country.months) + 1, console=Console(stderr=True), transient=True)
        n = sum(1 for _ in bar)
    print(f"{n} deliveries lie in {settings.landing}; what is true in them says {settings.home / 'truth.yml'}.")
    return 0

"""The made-up country: held against published totals."""

from __future__ import annotations

import argparse

from avainvarasto.commands.output import print_csv
from avainvarasto.settings import Settings

COLUMNS = ["measure", "period", "published", "made_up", "apart_percent", "allowed_percent", "holds", "source"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    demo = commands.add_parser("demo", help="the made-up country")
    parts = demo.add_subparsers(required=True, metavar="WHAT")
    calibration = parts.add_parser("calibration", help="its totals beside the published ones, as CSV")
    calibration.add_argument("--scale", type=float, default=0.01, help="1 is the whole country")
    calibration.add_argument("--from", dest="first", default="2017-01", metavar="YYYY-MM")
    calibration.add_argument("--to", dest="last", default="2019-12", metavar="YYYY-MM")
    calibration.add_argument("--seed", type=int, default=7)
    calibration.set_defaults(command=_calibration)


def _calibration(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 if every total holds, else 1."""
    from avainvarasto.synthetic.country.calibration import calibration
    from avainvarasto.synthetic.country.country import make_country

    country = make_country(
        settings.project_root / "dbt" / "seeds" / "municipality.csv",
        scale=chosen.scale,
        first=chosen.first,
        last=chosen.last,
        seed=chosen.seed,
    )
    lines = list(calibration(country))
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

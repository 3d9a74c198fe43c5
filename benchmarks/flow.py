"""All marts of the Kela-municipality flow over a lake of the whole country and many years.

Makes a lake of the made-up country (or takes the one of `--home`), builds what the marts read, and then the marts by
themselves, as dbt does it in the night. Seconds and peak memory are those of dbt's process, start and parsing included.

    python benchmarks/flow.py [--person-months 25400000] [--from 2017-01] [--to 2025-12] [--notices-times 3] [--home F]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import builds
import duckdb

from avainvarasto.settings import Settings

MARTS = "path:models/marts/kela_flow"
# Numbers of notices, by table of the lake.
NUMBERED = {"etotu_notification": ("notification_id", "transferred_from"), "etotu_event": ("notification_id",)}
COUNTED = [
    ("notifications", "core.fct_notification"),
    ("events", "core.fct_flow_event"),
    ("decisions", "core.fct_decision"),
    ("person-months", "core.fct_person_month"),
]


def multiply_notices(connection: duckdb.DuckDBPyConnection, times: int) -> None:
    """Each notice with its events so many times, under other numbers."""
    for table, keys in NUMBERED.items():
        columns = [name for name, *_ in connection.execute(f"describe lake.{table}").fetchall()]
        made = [f"{name} + copies.n as {name}" if name in keys else name for name in columns]
        connection.execute(f"alter view lake.{table} rename to {table}_once")
        connection.execute(
            f"create view lake.{table} as select {', '.join(made)} from lake.{table}_once, range({times}) as copies(n)"
        )


def measure(home: Settings, folder: Path, times: int) -> None:
    """Print the two tables."""
    file = builds.begin(home, folder)
    with duckdb.connect(str(file)) as connection:
        multiply_notices(connection, times)
    before = builds.dbt(folder, "run", "--select", f"+{MARTS}", "--exclude", MARTS)
    marts = builds.dbt(folder, "run", "--select", MARTS)
    with duckdb.connect(str(file), read_only=True) as connection:
        counts = [(name, connection.execute(f"select count(*) from {table}").fetchone()) for name, table in COUNTED]
    print(", ".join(f"{count[0]:,} {name}" for name, count in counts if count))
    print("\n| step | seconds | peak memory, MB |\n|---|---|---|")
    print(f"| staging to core | {before.seconds:.1f} | {before.peak_mb:,.0f} |")
    print(f"| all marts of the flow | {marts.seconds:.1f} | {marts.peak_mb:,.0f} |")
    print("\n| mart | seconds |\n|---|---|")
    for name, seconds in sorted(marts.models.items(), key=lambda one: -one[1]):
        print(f"| {name} | {seconds:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--person-months", type=int, default=25_400_000)
    parser.add_argument("--from", dest="first", default="2017-01", metavar="YYYY-MM")
    parser.add_argument("--to", dest="last", default="2025-12", metavar="YYYY-MM")
    parser.add_argument(
        "--notices-times", type=int, default=3, help="notices are few beside decisions: take each thrice"
    )
    parser.add_argument("--home", type=Path, help="a home whose lake is there already")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Settings(home=chosen.home or Path(folder) / "home")
        if chosen.home is None:
            builds.make_lake(home, chosen.person_months, chosen.first, chosen.last)
        measure(home, Path(folder), chosen.notices_times)


if __name__ == "__main__":
    main()

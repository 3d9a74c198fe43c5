"""Spells and all marts of effectiveness from the lake, at two sizes; and the same spells in polars and PostgreSQL.

Makes a lake of the made-up country for each size (or takes those of `--homes`) and builds from its Parquet files all
that the marts of effectiveness are made of, as dbt does it in the night: seconds and peak memory are those of dbt's
process, start and parsing included. Then each engine finds the spells by the gap rule of two months in one table of
keys and months of the first size, and must agree.

    python benchmarks/effectiveness.py [--person-months 5000000 20000000] [--homes F G] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import builds
import duckdb
import postgres_once

from avainvarasto.settings import Settings
from avainvarasto.warehouse.build import AFTER_BUILD

MARTS = "path:models/marts/effectiveness"
GAP = 2
SPELLS = f"""
    with steps as (
        select unit_key, month_no, lag(month_no) over (partition by unit_key order by month_no) as month_no_before
        from months
    ),
    numbered as (
        select unit_key, month_no,
               sum(case when month_no_before is null or month_no - month_no_before > {GAP} then 1 else 0 end)
                   over (partition by unit_key order by month_no) as spell_no
        from steps
    ),
    spells as (
        select unit_key, spell_no, max(month_no) - min(month_no) + 1 as months from numbered group by unit_key, spell_no
    )
    select count(*) as n_spells, sum(months) as n_months from spells
"""
Found = tuple[int, int]


def in_duckdb(folder: Path, months: Path) -> Iterator[Callable[[], Found]]:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"create table months as from '{months}'")

        def find() -> Found:
            row = connection.execute(SPELLS).fetchone()
            assert row is not None
            return int(row[0]), int(row[1])

        yield find


def in_polars(folder: Path, months: Path) -> Iterator[Callable[[], Found]]:
    import polars as pl

    table = pl.read_parquet(months)

    def find() -> Found:
        number = pl.col("month_no")
        found = (
            table.lazy()
            .sort("unit_key", "month_no")
            .with_columns(((number - number.shift(1).over("unit_key")) > GAP).fill_null(True).alias("starts"))
            .with_columns(pl.col("starts").cum_sum().alias("spell_no"))
            .group_by("spell_no")
            .agg((number.max() - number.min() + 1).alias("months"))
            .select(pl.len().alias("n_spells"), pl.col("months").sum().alias("n_months"))
            .collect()
        )
        return int(found["n_spells"][0]), int(found["n_months"][0])

    yield find


def in_postgresql(folder: Path, months: Path) -> Iterator[Callable[[], Found]]:
    csv = folder / "months.csv"
    duckdb.sql(f"copy (from '{months}') to '{csv}' (header false)")
    csv.chmod(0o644)
    with postgres_once.running(folder / "postgresql") as server:
        server.sql(
            "create unlogged table months (unit_key bigint not null, month_no bigint not null)",
            f"copy months from '{csv}' (format csv)",
            "vacuum analyze months",
        )

        def find() -> Found:
            n_spells, n_months = server.sql(SPELLS).strip().split("|")
            return int(n_spells), int(n_months)

        yield find


PEERS: dict[str, Callable[[Path, Path], Iterator[Callable[[], Found]]]] = {
    "DuckDB": in_duckdb,
    "polars": in_polars,
    "PostgreSQL": in_postgresql,
}


def growth(homes: list[Settings], folder: Path) -> None:
    """Print what the marts of effectiveness take at each size, and the models that take most."""
    print("| person-months | seconds | peak memory, MB | times the first |\n|---|---|---|---|")
    first, models = 0.0, {}
    for home in homes:
        file = builds.begin(home, folder)
        # As in the night: core, the estimates that are made of it, and what publishes them.
        steps = [
            builds.dbt(folder, "run", "--select", f"+{MARTS}", "--exclude", AFTER_BUILD),
            builds.estimate(folder),
            builds.dbt(folder, "run", "--select", f"+{MARTS},{AFTER_BUILD}"),
        ]
        seconds, peak = sum(step.seconds for step in steps), max(step.peak_mb for step in steps)
        models = steps[0].models | {"estimates of the effect": steps[1].seconds} | steps[2].models
        first = first or seconds
        with duckdb.connect(str(file), read_only=True) as connection:
            counted = connection.execute("select count(*) from core.fct_person_month").fetchone()
        assert counted is not None
        print(f"| {counted[0]:,} | {seconds:.1f} | {peak:,.0f} | {seconds / first:.1f} |", flush=True)
        if home is homes[0]:
            _keep_months(file, folder / "months.parquet")
    print("\n| model at the last size | seconds |\n|---|---|")
    for name, seconds in sorted(models.items(), key=lambda one: -one[1])[:12]:
        print(f"| {name} | {seconds:.1f} |")


def _keep_months(file: Path, months: Path) -> None:
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute(
            f"""copy (
                    select person_key as unit_key, year(month) * 12 + month(month) as month_no
                    from core.fct_person_month where is_granted
                ) to '{months}'"""
        )


def side_by_side(folder: Path, rounds: int) -> None:
    """Print the seconds of each engine for the same spells, loaded before, medians of the rounds in turn."""
    chosen = {name: peer for name, peer in PEERS.items() if name != "PostgreSQL" or postgres_once.is_installed()}
    seconds: dict[str, list[float]] = {}
    answers: dict[str, Found] = {}
    for name, peer in chosen.items():
        with contextmanager(peer)(folder, folder / "months.parquet") as find:
            for _ in range(rounds):
                start = time.perf_counter()
                answers[name] = find()
                seconds.setdefault(name, []).append(time.perf_counter() - start)
    if len(set(answers.values())) != 1:
        raise SystemExit(f"The engines disagree: {answers}")
    base = statistics.median(seconds["DuckDB"])
    n_spells, n_months = answers["DuckDB"]
    print(f"\n| {n_spells:,} spells of {n_months:,} months | seconds | to DuckDB |\n|---|---|---|")
    for name, taken in seconds.items():
        print(f"| {name} | {statistics.median(taken):.2f} | {statistics.median(taken) / base:.1f} |")
    if "PostgreSQL" not in chosen:
        print("PostgreSQL is not installed here: not measured.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--person-months", type=int, nargs="+", default=[5_000_000, 20_000_000])
    parser.add_argument("--from", dest="first", default="2017-01", metavar="YYYY-MM")
    parser.add_argument("--to", dest="last", default="2025-12", metavar="YYYY-MM")
    parser.add_argument("--homes", type=Path, nargs="+", help="homes whose lakes are there already, the smaller first")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # PostgreSQL's owner reads the file of months.
        folder.chmod(0o755)
        homes = [Settings(home=home) for home in chosen.homes or []]
        if not homes:
            for number in chosen.person_months:
                homes.append(Settings(home=folder / f"home-{number}"))
                builds.make_lake(homes[-1], number, chosen.first, chosen.last)
        growth(homes, folder)
        side_by_side(folder, chosen.rounds)


if __name__ == "__main__":
    main()

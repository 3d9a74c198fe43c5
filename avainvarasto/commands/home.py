"""What a home holds: status, releases, queries, contracts."""

from __future__ import annotations

import argparse

from avainvarasto.commands.output import print_csv, print_fields
from avainvarasto.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    commands.add_parser("status", help="is there anything to do, and what is active").set_defaults(command=_status)
    releases = commands.add_parser("releases", help="releases kept in this home; the active one is marked")
    releases.set_defaults(command=_releases)
    rollback = commands.add_parser("rollback", help="make an earlier release the active one")
    rollback.add_argument("release_id")
    rollback.set_defaults(command=_rollback)
    query = commands.add_parser("query", help="SQL on the active release, read-only; the result as CSV")
    query.add_argument("sql")
    query.set_defaults(command=_query)
    contracts = commands.add_parser("contracts", help="what follows from the contracts")
    contracts.add_argument("what", choices=["dbt-sources", "check"])
    contracts.set_defaults(command=_contracts)


def _status(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto import status
    from avainvarasto.release.activate import active_record

    news = status.news(settings)
    record = active_record(settings)
    missing = news.release_is_behind and not (settings.warehouse / "current.duckdb").exists()
    todo = "make run (the warehouse has to be built)" if missing else "make run"
    print_fields(
        [
            ("home", settings.home),
            ("active release", record["release_id"] if record else "none"),
            ("new deliveries", ", ".join(news.deliveries) or "none"),
            ("not yet arrived", ", ".join(news.unfinished) or "none"),
            ("next", todo if news.anything else "nothing to do"),
        ]
    )
    return 0


def _releases(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto.release import activate, withdrawal

    pending, standing = withdrawal.pending(settings), withdrawal.standing(settings)
    for release_id, made_at, active in activate.releases(settings):
        end = "  withdrawn with the next release" if release_id in pending else ""
        end = end if release_id in standing else "  withdrawn"
        print(f"{'*' if active else ' '} {release_id}  made {made_at}{end}")
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
    print_csv(columns, rows)
    return 0


def _contracts(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.contracts import load_contracts

    contracts = load_contracts(settings.expectations)
    if chosen.what == "dbt-sources":
        from avainvarasto.dbt_sources import write_source_files

        for path in write_source_files(settings.project_root, contracts):
            print(path.relative_to(settings.project_root))
        print(f"dbt's source files follow from {len(contracts)} contracts.")
        return 0
    from avainvarasto.wiring import gaps

    missing = gaps(settings, contracts)
    print(f"{len(contracts)} contracts are in order: {', '.join(contracts)}")
    for gap in missing:
        print(f"{gap.place}: {gap.missing}")
    if missing:
        print(f"{len(missing)} things are missing around them; docs/guides/add-a-source.md shows each.")
    return 1 if missing else 0

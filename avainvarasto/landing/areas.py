"""Municipalities and counties as functions of SQL, so that a rule looks one up without a join.

Made from the seeds: `municipality_known(code)`, `municipality_start(code)`, `municipality_end(code)`,
`county_known(code)`. A date is NULL where the area has always been, or still is.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from avainvarasto.landing.sql import literal


def register_areas(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    """Make the functions in the schema `main`."""
    # A municipality that changed its region has a row for each; it existed from the first to the last.
    rows = connection.execute(
        """
        select municipality_code,
               case when count(valid_from) = count(*) then min(cast(valid_from as date)) end,
               case when count(valid_to) = count(*) then max(cast(valid_to as date)) end
        from read_csv($seed, all_varchar = true, header = true, nullstr = '')
        group by municipality_code order by municipality_code
        """,
        {"seed": str(seeds / "municipality.csv")},
    ).fetchall()
    counties = connection.execute(
        "select county_code from read_csv($seed, all_varchar = true, header = true, nullstr = '')",
        {"seed": str(seeds / "county.csv")},
    ).fetchall()
    _make_known(connection, "municipality", [row[0] for row in rows])
    _make_known(connection, "county", [row[0] for row in counties])
    for name, days in (("start", [row[1] for row in rows]), ("end", [row[2] for row in rows])):
        listed = ", ".join(f"date '{day}'" if day else "cast(null as date)" for day in days)
        place = "enum_code(try_cast(code as main.municipality_code)) + 1"
        connection.execute(f"create macro main.municipality_{name}(code) as list_extract([{listed}], {place})")


def _make_known(connection: duckdb.DuckDBPyConnection, area: str, codes: list[str]) -> None:
    connection.execute(f"create type main.{area}_code as enum ({', '.join(map(literal, codes))})")
    connection.execute(f"create macro main.{area}_known(code) as try_cast(code as main.{area}_code) is not null")

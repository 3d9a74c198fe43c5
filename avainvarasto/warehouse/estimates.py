"""The step between the two parts of a build: estimates of what SQL counted, for SQL to publish.

Belongs here: what is read from the build and where estimates are kept. Does not: formulas (avainvarasto.statistics).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from avainvarasto.errors import BuildFailed
from avainvarasto.files import on_disk
from avainvarasto.settings import Settings
from avainvarasto.statistics.difference_table import Alike, difference_rows
from avainvarasto.statistics.effect_table import Cell, Unit, effect_rows
from avainvarasto.statistics.placements import PLACEMENTS
from avainvarasto.warehouse.build import Build

EFFECT, DIFFERENCE = "effect_estimate", "difference_estimate"
_TEXT, _COUNT, _NUMBER = pa.string(), pa.int64(), pa.float64()
SCHEMAS: Mapping[str, pa.Schema] = {
    EFFECT: pa.schema(
        [
            *((name, _TEXT) for name in ("outcome", "population", "estimator", "exposure", "event_quarter")),
            *((name, _NUMBER) for name in ("estimate", "estimate_lo", "estimate_hi", "p_randomisation")),
            *((name, _COUNT) for name in ("n_treated", "n_comparison")),
            *((name, _NUMBER) for name in ("minimum_detectable", "largest_visible_share")),
            ("could_be_found", pa.bool_()),
        ]
    ),
    DIFFERENCE: pa.schema(
        [
            ("gap_months", _COUNT),
            *((name, _TEXT) for name in ("unit", "contrast")),
            *((f"rmst12_difference_months{end}", _NUMBER) for end in ("", "_lo", "_hi")),
            ("logrank_p", _NUMBER),
            *((name, _COUNT) for name in ("n_spells_a", "n_spells_b")),
        ]
    ),
}
_UNITS = """
    select municipality_code, n_inhabitants, is_pilot, left_month is not null, n_clients
    from core.fct_effect_unit order by municipality_code"""
_CELLS = """
    select outcome, population, municipality_code, quarter, is_after, age_band, n_months, cast(numerator as double),
        denominator
    from core.fct_effect_panel order by all"""
_SPELLS = """
    select gap_months, unit, cohort, case when county_code = 'unknown' then '0' else county_code end,
        month(entry_month), entry_age_months, months, is_exit, count(*)
    from core.fct_receipt_cohort group by all order by all"""


@on_disk
def estimate(settings: Settings, build: Build) -> None:
    """Estimate from the build's core, keep the tables as Parquet in the lake, and give them to the build.

    Raises:
        BuildFailed: an estimator failed; nothing was published.
    """
    write_estimates(Path(build.file), settings.lake / "_estimates")


def write_estimates(build_file: Path, folder: Path, draws: int = PLACEMENTS) -> None:
    """The same for a build file and a folder.

    Raises:
        BuildFailed: an estimator failed, or core lacks a table.
    """
    with duckdb.connect(str(build_file)) as connection:
        try:
            units, cells, spells = core_of(connection)
            tables = {
                EFFECT: _table(EFFECT, effect_rows(units, cells, draws)),
                DIFFERENCE: _table(DIFFERENCE, difference_rows(spells)),
            }
        except (ArithmeticError, LookupError, ValueError, np.linalg.LinAlgError, duckdb.Error) as error:
            raise BuildFailed(
                str(build_file),
                f"the estimates of the effect failed ({type(error).__name__})",
                consequence="The warehouse and the release stay as they were.",
                remedy="see avainvarasto/statistics and the core tables fct_effect_panel and fct_receipt_cohort",
            ) from error
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            _keep(folder / f"{name}.parquet", table)
            connection.register("estimated", table)
            connection.execute(f"create or replace table lake.{name} as from estimated")
            connection.unregister("estimated")


def core_of(connection: duckdb.DuckDBPyConnection) -> tuple[list[Unit], list[Cell], list[Alike]]:
    """Municipalities, sums of the panel, and spells that are alike, as core counted them."""
    return (
        [Unit(*row) for row in connection.execute(_UNITS).fetchall()],
        [Cell(*row) for row in connection.execute(_CELLS).fetchall()],
        [Alike(*row) for row in connection.execute(_SPELLS).fetchall()],
    )


def _table(name: str, rows: Iterable[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMAS[name])


def _keep(path: Path, table: pa.Table) -> None:
    partial = path.with_name(f".{path.name}.partial")
    pq.write_table(table, partial)
    partial.replace(path)

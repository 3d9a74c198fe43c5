"""Published figures: what the candidate itself says, cell by cell, beside the printed numbers.

The warehouse compares with unprotected numbers; a reader must be able to find `computed` in the same release, so it is
read from the candidate's protected cells, and is empty where that cell is hidden.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb

from avainvarasto.errors import GateFailed

_SURVEYS = "equality"
_SAME = 1e-9


def read_from_candidate(connection: duckdb.DuckDBPyConnection) -> int:
    """Replace `computed` in quality.published_figures by the candidate's own cells.

    Expects the build attached as `warehouse`.

    Returns:
        the number of figures whose cell is shown.

    Raises:
        GateFailed: a shown cell differs from what the warehouse computed for it.
    """
    figures = connection.execute(
        """select figure_id, measure_key, survey_code, wave, dims, unit, computed
           from warehouse.marts.mart_quality__published_figures where computed is not null"""
    ).fetchall()
    shown = 0
    for figure_id, measure_key, survey_code, wave, dims, unit, computed in figures:
        table, _, measure = measure_key.partition(".")
        cell = {"survey_code": survey_code, "wave": wave} | _cell(dims)
        value = _value(connection, table, measure, cell)
        if value is None:
            connection.execute(
                """update quality.published_figures set computed = null, outcome = 'no_data'
                   where figure_id = $figure""",
                {"figure": figure_id},
            )
            continue
        shown += 1
        if abs(value * (100 if unit == "PCT" else 1) - computed) > _SAME:
            raise GateFailed(
                f"quality.published_figures, figure {figure_id}",
                f"the cell of {_SURVEYS}.{table} says something else than the warehouse computed",
                consequence="The candidate is thrown away; the active release stays.",
                remedy="mend the models: one formula has two homes",
            )
    return shown


def _cell(dims: str) -> dict[str, str]:
    """Dimension values as the release writes them: row numbers have two digits."""
    given: dict[str, Any] = json.loads(dims)
    return {name: f"{value:02}" if name == "row_no" else str(value) for name, value in given.items()}


def _value(connection: duckdb.DuckDBPyConnection, table: str, measure: str, cell: dict[str, str]) -> float | None:
    where = " and ".join(f'"{name}" = ${name}' for name in cell)
    row = connection.execute(f'select "{measure}" from "{_SURVEYS}"."{table}" where {where}', cell).fetchall()
    return float(row[0][0]) if len(row) == 1 and row[0][0] is not None else None

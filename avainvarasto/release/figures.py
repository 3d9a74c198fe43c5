"""Published figures: what the candidate itself says, cell by cell, beside printed numbers and Kela's open data.

The warehouse compares with unprotected numbers; a reader must be able to find `computed` in the same release, so it is
read from the candidate's protected cells, and is empty where that cell is hidden.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb

from avainvarasto.errors import GateFailed

_SURVEYS = "equality"  # the schema of a measure key that names none
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
        schema, table, measures = _names(measure_key)
        of_survey = {} if survey_code is None else {"survey_code": survey_code, "wave": wave}
        value = _value(connection, f'"{schema}"."{table}"', measures, of_survey | _cell(dims))
        if value is None:
            connection.execute(
                """update quality.published_figures set computed = null, outcome = 'no_data'
                   where figure_id = $figure""",
                {"figure": figure_id},
            )
            continue
        shown += 1
        if abs(value * (100 if unit == "PCT" else 1) - computed) > _SAME * max(1, abs(computed)):
            raise GateFailed(
                f"quality.published_figures, figure {figure_id}",
                f"the cell of {schema}.{table} says something else than the warehouse computed",
                consequence="The candidate is thrown away; the active release stays.",
                remedy="mend the models: one formula has two homes",
            )
    return shown


def _cell(dims: str) -> dict[str, str]:
    """Dimension values as the release writes them: row numbers have two digits."""
    given: dict[str, Any] = json.loads(dims)
    return {name: f"{value:02}" if name == "row_no" else str(value) for name, value in given.items()}


def _names(measure_key: str) -> tuple[str, str, list[str]]:
    """Schema, table, and the measures that are added up."""
    table, _, measures = measure_key.rpartition(".")
    schema, _, name = table.rpartition(".")
    return schema or _SURVEYS, name, measures.split("+")


def _value(
    connection: duckdb.DuckDBPyConnection, table: str, measures: list[str], cell: dict[str, str]
) -> float | None:
    """The sum of some measures of one row; nothing where one of them is hidden or there is no such row."""
    where = " and ".join(f'"{name}" = ${name}' for name in cell)
    columns = ", ".join(f'"{name}"' for name in measures)
    rows = connection.execute(f"select {columns} from {table} where {where}", cell).fetchall()
    if len(rows) != 1 or None in rows[0]:
        return None
    return float(sum(rows[0]))

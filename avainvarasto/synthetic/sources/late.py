"""A month as it is first delivered: without what is decided later, and with some amounts that are mended later.

Belongs here: the tables. Does not: whose month is late (`country.lateness`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.country import Country, household_ids
from avainvarasto.synthetic.country.lateness import corrected_later, is_late
from avainvarasto.synthetic.country.spells import Bools

WRONG_SHARE, WRONG_CENTS = 0.01, 10_000


def as_first_delivered(country: Country, row: int, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Tables of one month without the late households and, where they are corrected later, with wrong amounts."""
    late = is_late(country, row)
    if not late.any():
        return dict(tables)
    households = household_ids(np.flatnonzero(late))

    def in_time(table: pa.Table) -> pa.Table:
        return table.filter(pc.invert(pc.is_in(table.column("household_id"), value_set=households)))

    first = {
        extract: in_time(table) if "household_id" in table.column_names else table for extract, table in tables.items()
    }
    first["kela_coverage"] = _incomplete(first["kela_coverage"])
    return _with_wrong_amounts(country, row, first) if corrected_later(country, row) else first


def _incomplete(coverage: pa.Table) -> pa.Table:
    """Months that are complete become incomplete; those that are not have their note."""
    complete = coverage.column("complete")
    note = pc.if_else(complete, "VAJAA", coverage.column("note"))
    return _replaced(coverage, complete=pa.array([False] * len(coverage)), note=note)


def _with_wrong_amounts(country: Country, row: int, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Some dwellings a hundred euros too dear."""
    months, lines = tables["kela_household_month"], tables["kela_expense_line"]
    luck = generator(country.seed, f"wrong {country.months[row]}").random(len(months))
    known = np.asarray(months.column("housing_cost_eur").is_valid())
    wrong = (luck < WRONG_SHARE) & known & (months.column("granted_eur").to_numpy() > 0)
    chosen = months.column("household_id").filter(pa.array(wrong))
    rents = np.asarray(pc.is_in(lines.column("household_id"), value_set=pa.array(chosen))) & np.asarray(
        pc.equal(lines.column("expense_code"), "VUOKRA")
    )
    return tables | {
        "kela_household_month": _dearer(months, wrong, "housing_cost_eur", "granted_eur"),
        "kela_expense_line": _dearer(lines, rents, "applied_eur", "accepted_eur"),
    }


def _dearer(table: pa.Table, rows: Bools, *columns: str) -> pa.Table:
    added = pa.array(np.where(rows, WRONG_CENTS, 0))
    return _replaced(table, **{name: pc.add(table.column(name), added) for name in columns})


def _replaced(table: pa.Table, **columns: pa.Array) -> pa.Table:
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    return table

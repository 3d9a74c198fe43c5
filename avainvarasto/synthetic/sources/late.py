"""Decisions that come late, so that a month looks emptier when it is first delivered than it was.

The newest two months are never corrected, as in any register; June 2018 is, by a second delivery, which also mends
some amounts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.country import Country, household_ids
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traps import LATE_DATA

CORRECTED_MONTH = np.datetime64("2018-06", "M")
LATE_IN_JUNE, LATE_BEFORE_LAST, LATE_IN_LAST = 0.02, 0.02, 0.06
WRONG_SHARE, WRONG_CENTS = 0.01, 10_000
# Five weeks: the next month in any case, and the same day of the week.
DAYS_LATE = 35


def is_late(country: Country, row: int) -> Bools:
    """Of all households, whose month is granted after it was first delivered."""
    n = len(country.months)
    share = {n - 1: LATE_IN_LAST, n - 2: LATE_BEFORE_LAST}.get(row, 0.0)
    share = LATE_IN_JUNE if corrected_later(country, row) else share
    if LATE_DATA not in country.traps or not share or n < 3:
        return np.zeros(len(country.kinds), bool)
    luck = generator(country.seed, f"late {country.months[row]}").random(len(country.kinds))
    late: Bools = country.received[row] & (luck < share)
    return late


def late_at_the_end(country: Country) -> dict[int, Bools]:
    """Households whose month is not decided yet when the last delivery is sent, by row of the month."""
    n = len(country.months)
    return {row: is_late(country, row) for row in range(max(0, n - 2), n)}


def corrected_later(country: Country, row: int) -> bool:
    """Whether the month is delivered a second time."""
    return bool(LATE_DATA in country.traps and country.months[row] == CORRECTED_MONTH and row < len(country.months) - 2)


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

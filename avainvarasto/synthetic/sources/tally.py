"""Counts the rows in which each planted trap shows, as the lake will hold them: of each month the newest delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from avainvarasto.synthetic.country.budgets import still_municipal
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.exits import WORK, make_exits
from avainvarasto.synthetic.country.lateness import is_late
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.country.spells import Calendar
from avainvarasto.synthetic.country.traps import FIRST_MONTHS, LATE_DATA, MOVES, PLANTED, SEASONS, TRUE_REASONS

MONTH = "month"


class Tally:
    """Counts the rows of each planted trap over all deliveries."""

    def __init__(self) -> None:
        self._rows: Counter[int] = Counter()
        # By trap, extract and month: a second delivery of a month takes the place of the first.
        self._of_months: dict[tuple[int, str, date], int] = {}

    def delivery(self, tables: Mapping[str, pa.Table]) -> None:
        """Count in one delivery."""
        looked_at = [
            (trap.number, extract, sql) for trap in PLANTED for extract, sql in trap.shows.items() if extract in tables
        ]
        if not looked_at:
            return
        with duckdb.connect(config={"threads": 2}) as connection:
            for extract, table in tables.items():
                connection.register(extract, table)
            for number, extract, sql in looked_at:
                if MONTH in tables[extract].column_names:
                    query = f"select {MONTH}, count(*) filter (where {sql}) from {extract} group by {MONTH}"
                    for month, found in connection.execute(query).fetchall():
                        self._of_months[number, extract, month] = found
                else:
                    query = f"select count(*) filter (where {sql}) from {extract}"
                    self._rows[number] += connection.execute(query).fetchall()[0][0]

    def country(self, country: Country, people: People) -> None:
        """Count what shows in no single delivery.

        Household-months that municipalities still paid, households that a year's sum over municipalities counts a
        second time, household-months of assistance in months with a season, exits for reasons that no register has, and
        household-months that were granted late.
        """
        exits, months = make_exits(country, people), range(len(country.months))
        self._rows[FIRST_MONTHS] += sum(still_municipal(country, row) for row in months)
        self._rows[MOVES] += _counted_twice(country)
        self._rows[SEASONS] += int(country.received[_with_a_season(country)].sum())
        self._rows[TRUE_REASONS] += int((~exits.seen & (exits.reason != WORK)).sum())
        self._rows[LATE_DATA] += sum(int(is_late(country, row).sum()) for row in months)

    def as_yaml(self) -> dict[int, int]:
        """Rows by number of the trap."""
        rows = self._rows.copy()
        for (number, *_), found in self._of_months.items():
            rows[number] += found
        return {trap.number: rows[trap.number] for trap in PLANTED}


def _counted_twice(country: Country) -> int:
    """Households by calendar year that received in two municipalities."""
    rows = np.arange(len(country.months))[:, None]
    moves = country.home != country.new_home
    before, after = (country.received & moves & there for there in (rows < country.moved_in, rows >= country.moved_in))
    years = country.months.astype("datetime64[Y]")
    return sum(int((before[years == year].any(0) & after[years == year].any(0)).sum()) for year in np.unique(years))


def _with_a_season(country: Country) -> list[int]:
    """Rows of the months in which more come or more leave than in others."""
    n = len(country.months)
    calendar = Calendar(country.months[0], n, SEASONS in country.traps)
    coming = calendar.entries()[:n]
    return [row for row in range(n) if coming[row] != 1 or calendar.leaving(row) != 1]

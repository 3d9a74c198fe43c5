"""Counts the rows in which each planted trap shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa

from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.exits import WORK, make_exits
from avainvarasto.synthetic.country.late import is_late
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.country.traps import LATE_DATA, MOVES, PLANTED, SEASONS, TRUE_REASONS

SEASONAL = (6, 7, 8, 9, 12)


class Tally:
    """Counts the rows of each planted trap over all deliveries."""

    def __init__(self) -> None:
        self.rows: Counter[int] = Counter()

    def delivery(self, tables: Mapping[str, pa.Table]) -> None:
        """Count in one delivery."""
        looked_at = [(trap.number, extract, sql) for trap in PLANTED for extract, sql in trap.shows.items()]
        with duckdb.connect(config={"threads": 2}) as connection:
            for extract, table in tables.items():
                connection.register(extract, table)
            for number, extract, sql in looked_at:
                if extract in tables:
                    found = connection.execute(f"select count(*) from {extract} where {sql}").fetchone()
                    self.rows[number] += found[0] if found else 0

    def country(self, country: Country, people: People) -> None:
        """Count what shows in no single delivery: household-months, and exits with a reason that no register has."""
        rows = np.arange(len(country.months))[:, None]
        calendar = country.months.astype(int) % 12 + 1
        exits = make_exits(country, people)
        moved = country.received & (rows >= country.moved_in) & (country.home != country.new_home)
        self.rows[MOVES] += int(moved.sum())
        if SEASONS in country.traps:
            self.rows[SEASONS] += int(country.received[np.isin(calendar, SEASONAL)].sum())
        self.rows[TRUE_REASONS] += int((~exits.seen & (exits.reason != WORK)).sum())
        self.rows[LATE_DATA] += sum(int(is_late(country, row).sum()) for row in range(len(country.months)))

    def as_yaml(self) -> dict[int, int]:
        """Rows by number of the trap."""
        return {trap.number: self.rows[trap.number] for trap in PLANTED}

"""Months that are granted after they were first delivered, so that a month looks emptier than it was.

The newest two months are never corrected, as in any register; June 2018 is, by a second delivery.
"""

from __future__ import annotations

import numpy as np

from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traps import LATE_DATA

CORRECTED_MONTH = np.datetime64("2018-06", "M")
LATE_IN_JUNE, LATE_BEFORE_LAST, LATE_IN_LAST = 0.02, 0.02, 0.06
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

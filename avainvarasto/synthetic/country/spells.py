"""Months of assistance: households come, stay, leave and return.

Three sorts of households leave with different chances, which nobody sees in the register: so the chance to leave falls
with the length of a spell although it is constant for each household (Heckman & Singer 1984). Chances were fitted to
the published shares of 1-3, 4-9 and 10-12 months of a year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SORTS = {"short": 0.493, "middle": 0.391, "long": 0.116}
LEAVE = np.array([0.358, 0.095, 0.038])
RETURN = np.array([0.019, 0.060, 0.095])
RETURN_FADES, RETURN_WITHIN = 0.92, 36
# Students come in summer; tax refunds, paid in December until 2018, let more leave.
ENTRIES_BY_MONTH = np.array([1, 1, 1, 1, 1, 1.15, 1.15, 1, 1, 1, 1, 0.9])
DECEMBER_LEAVES = 1.25
# A month within a spell without a cent: income of the month before was too high.
EMPTY_MONTH = 0.02
# Ten years before the first month, so that nothing depends on how it began.
WARM_UP = 120


@dataclass(frozen=True)
class Entries:
    """When households come for the first time, in months from the warm-up's first on, in their order."""

    month: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.month)

    def until(self, month: int) -> int:
        """How many have come by the end of a month."""
        return int(np.searchsorted(self.month, month, side="right"))


def draw_entries(
    rng: np.random.Generator, a_month: float, growth: float, n_months: int, first_calendar: int
) -> Entries:
    """Newcomers by month; `growth` is by year, `first_calendar` the calendar month (0-11) of the warm-up's first."""
    at = np.arange(WARM_UP + n_months)
    expected = a_month * ENTRIES_BY_MONTH[(at + first_calendar) % 12] * np.exp(growth * (at - WARM_UP) / 12)
    return Entries(np.repeat(at, rng.poisson(expected)).astype(np.int32))


def live(
    rng: np.random.Generator,
    entries: Entries,
    sort: npt.NDArray[np.intp],
    factor: Callable[[int, int], Floats],
    n_months: int,
    first_calendar: int,
) -> Bools:
    """Who gets assistance when.

    Args:
        rng: random numbers.
        entries: the households' first months.
        sort: position in `SORTS` by household.
        factor: factors on the chance to leave, by month from the warm-up on and number of households there.
        n_months: months after the warm-up.
        first_calendar: calendar month (0-11) of the warm-up's first month.

    Returns:
        months x households; True where there is assistance.
    """
    n = len(entries)
    fades = RETURN_FADES ** np.arange(RETURN_WITHIN + 1)
    fades[-1] = 0.0
    on, away = np.zeros(n, bool), np.full(n, -1, np.int8)
    received = np.zeros((n_months, n), bool)
    for month in range(WARM_UP + n_months):
        there = slice(0, entries.until(month))
        chance = LEAVE[sort[there]] * factor(month, there.stop)
        if (month + first_calendar) % 12 == 11:
            chance *= DECEMBER_LEAVES
        was, gone = on[there], away[there]
        coming_back = np.where(gone >= 0, RETURN[sort[there]] * fades[np.maximum(gone, 0)], 0.0)
        luck = rng.random(there.stop)
        leaves = was & (luck < chance)
        now = (was & ~leaves) | (~was & (luck < coming_back)) | (entries.month[there] == month)
        away[there] = np.where(
            now, -1, np.where(leaves, 0, np.where(gone >= 0, np.minimum(gone + 1, RETURN_WITHIN), gone))
        )
        on[there] = now
        if month >= WARM_UP:
            received[month - WARM_UP, there] = now & (rng.random(there.stop) >= EMPTY_MONTH)
    return received

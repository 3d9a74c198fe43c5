"""Months of assistance: households come, stay, leave and return.

Three sorts of households leave with different chances, which nobody sees in the register: so the chance to leave falls
with the length of a spell although it is constant for each household (Heckman & Singer 1984). Chances were fitted to
the published shares of 1-3, 4-9 and 10-12 months of a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SORTS = {"short": 0.505, "middle": 0.374, "long": 0.121}
LEAVE = np.array([0.363, 0.0964, 0.0386])
RETURN = np.array([0.019, 0.060, 0.095])
RETURN_FADES, RETURN_WITHIN = 0.92, 36
# Students come in summer; tax refunds let more leave: in December until 2018, in August and September from 2019 on.
ENTRIES_BY_MONTH = np.array([1, 1, 1, 1, 1, 1.15, 1.15, 1, 1, 1, 1, 0.9])
REFUNDS_UNTIL_2018, REFUNDS_LATER = {12: 1.25}, {8: 1.12, 9: 1.12}
NEW_REFUNDS_FROM = np.datetime64("2019-01", "M")
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


@dataclass(frozen=True)
class Calendar:
    """Months from the warm-up's first on, and whether they have seasons."""

    first: np.datetime64
    n_months: int
    seasons: bool

    def month(self, number: int) -> np.datetime64:
        """The month with this number."""
        return self.first + number

    def entries(self) -> Floats:
        """Factor on the newcomers of each month."""
        calendar = (np.arange(WARM_UP + self.n_months) + int(self.first.astype(int))) % 12
        return ENTRIES_BY_MONTH[calendar] if self.seasons else np.ones(len(calendar))

    def leaving(self, number: int) -> float:
        """Factor on leaving in a month."""
        month = self.month(number)
        refunds = REFUNDS_UNTIL_2018 if month < NEW_REFUNDS_FROM else REFUNDS_LATER
        return refunds.get(int(month.astype(int)) % 12 + 1, 1.0) if self.seasons else 1.0


class Watcher(Protocol):
    """Sees who receives in each month of the register, and says by how much the chance to leave differs."""

    def factors(self, number: int, n: int) -> Floats:
        """Factors on the chance to leave of the first `n` households in a month."""

    def begin(self, months_on: npt.NDArray[np.int32]) -> None:
        """How long each household has received before the register's first month."""

    def received(self, number: int, received: Bools) -> None:
        """Who received in a month of the register."""


def draw_entries(rng: np.random.Generator, a_month: float, growth: float, calendar: Calendar) -> Entries:
    """Newcomers by month; `growth` is by year."""
    at = np.arange(WARM_UP + calendar.n_months)
    expected = a_month * calendar.entries() * np.exp(growth * (at - WARM_UP) / 12)
    return Entries(np.repeat(at, rng.poisson(expected)).astype(np.int32))


def live(
    rng: np.random.Generator, entries: Entries, sort: npt.NDArray[np.intp], calendar: Calendar, watcher: Watcher
) -> Bools:
    """Who gets assistance when.

    Args:
        rng: random numbers.
        entries: the households' first months.
        sort: position in `SORTS` by household.
        calendar: the months.
        watcher: is told month by month who receives, and gives factors on the chance to leave.

    Returns:
        months x households; True where there is assistance.
    """
    n = len(entries)
    fades = RETURN_FADES ** np.arange(RETURN_WITHIN + 1)
    fades[-1] = 0.0
    on, away, since = np.zeros(n, bool), np.full(n, -1, np.int8), np.zeros(n, np.int32)
    received = np.zeros((calendar.n_months, n), bool)
    for month in range(WARM_UP + calendar.n_months):
        if month == WARM_UP:
            watcher.begin(np.where(on, month - since, 0).astype(np.int32))
        there = slice(0, entries.until(month))
        chance = LEAVE[sort[there]] * watcher.factors(month, there.stop) * calendar.leaving(month)
        was, gone = on[there], away[there]
        coming_back = np.where(gone >= 0, RETURN[sort[there]] * fades[np.maximum(gone, 0)], 0.0)
        luck = rng.random(there.stop)
        leaves = was & (luck < chance)
        now = (was & ~leaves) | (~was & (luck < coming_back)) | (entries.month[there] == month)
        away[there] = np.where(
            now, -1, np.where(leaves, 0, np.where(gone >= 0, np.minimum(gone + 1, RETURN_WITHIN), gone))
        )
        since[there][now & ~was] = month
        on[there] = now
        if month >= WARM_UP:
            received[month - WARM_UP, there] = now & (rng.random(there.stop) >= EMPTY_MONTH)
            watcher.received(month, received[month - WARM_UP])
    return received

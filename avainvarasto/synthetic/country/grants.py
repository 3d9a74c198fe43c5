"""Households' money by month: whether they have any income of their own, and what they are granted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.spells import Bools

# Chance to be without income when assistance begins, by kind of household; with children there is child benefit.
NO_INCOME_AT_START = np.array([0.195, 0.23, 0.03, 0.03, 0.08])
SUMMER = {6: 1.4, 7: 1.85}
INCOME_COMES, INCOME_ENDS = 0.19, 0.013

# Euros a month by kind of household; the mean over all was fitted to the year's total.
GRANTED = np.array([374.0, 362.0, 446.0, 691.0, 553.0])
GRANTED_SPREAD, MONTHLY_SPREAD = 0.45, 0.10
WITHOUT_INCOME = 1.35


class WithoutIncome:
    """Which months of assistance are without income of one's own: a state that lasts some months."""

    def __init__(self, rng: np.random.Generator, kinds: npt.NDArray[np.intp], *, seasons: bool) -> None:
        self._rng, self._prone = rng, NO_INCOME_AT_START[kinds]
        self._summer = SUMMER if seasons else {}
        self._state = np.zeros(len(kinds), bool)
        self._before = np.zeros(len(kinds), bool)

    def month(self, month: np.datetime64, received: Bools) -> Bools:
        """Of those who receive in a month, who is without income."""
        season = self._summer.get(int(month.astype(int)) % 12 + 1, 1.0)
        luck = self._rng.random(len(self._state))
        begins = self._prone * season * np.where(self._before, INCOME_ENDS / 0.18, 1.0)
        stays = self._before & self._state
        self._state = np.where(stays, luck >= INCOME_COMES, luck < begins) & received
        self._before = received
        return self._state


def granted_cents(
    rng: np.random.Generator, kinds: npt.NDArray[np.intp], level: npt.NDArray[np.float64], no_income: Bools
) -> npt.NDArray[np.int64]:
    """Cents granted to households in one month; `level` is what a household gets against others of its kind."""
    noise = 1 + MONTHLY_SPREAD * (rng.random(len(kinds)) * 2 - 1)
    euros = GRANTED[kinds] * level * noise * np.where(no_income, WITHOUT_INCOME, 1.0)
    return np.maximum(1, np.rint(100 * euros)).astype(np.int64)


def draw_levels(rng: np.random.Generator, n: int) -> npt.NDArray[np.float64]:
    """What households get against others of their kind; the mean is one."""
    return rng.lognormal(-(GRANTED_SPREAD**2) / 2, GRANTED_SPREAD, n)

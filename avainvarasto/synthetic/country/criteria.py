"""Kela's rules of whom to notify about: months in a row with assistance as the main income, by age and citizenship."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traits import UNEMPLOYED, Traits

RULES = ("TYOTON_ALLE25_4KK", "TYOTON_25PLUS_12KK", "MAAHANMUUTTAJA_2KK")
YOUNG = 25
# Months in a row, and from which month on they are looked for.
LIMITS = dict(zip(RULES, (4, 12, 2), strict=True))
FIRST_LOOK, FIRST_LOOK_AT_IMMIGRANTS = np.datetime64("2017-10", "M"), np.datetime64("2017-06", "M")
# Of those whom a rule finds: who is a client already is left out, and most foreigners came long ago.
FOUND = dict(zip(RULES, (0.5, 1.0, 0.17), strict=True))
NOT_FOUND = -1


class Criteria:
    """Counts the months in need of each household and finds those whom a rule meets."""

    def __init__(self, rng: np.random.Generator, traits: Traits, birth_year: npt.NDArray[np.int64]) -> None:
        self._unemployed, self._foreign = traits.activity == UNEMPLOYED, traits.foreign
        self._birth_year = birth_year
        self._luck = rng.random(len(birth_year))
        self._months = np.zeros(len(birth_year), np.int32)

    def begin(self, months: npt.NDArray[np.int32]) -> None:
        """Months in need before the register's first."""
        self._months = months

    def month(self, month: np.datetime64, in_need: Bools) -> npt.NDArray[np.int8]:
        """Position in `RULES` of what each household is notified about in a month, -1 for nothing.

        The month of the first look finds everybody who is beyond a limit, the others those who reach it.
        """
        self._months = np.where(in_need, self._months + 1, 0).astype(np.int32)
        young = int(str(month)[:4]) - self._birth_year < YOUNG
        groups = (young & self._unemployed, ~young & self._unemployed, self._foreign)
        looks = (FIRST_LOOK, FIRST_LOOK, FIRST_LOOK_AT_IMMIGRANTS)
        found = np.full(len(young), NOT_FOUND, np.int8)
        for position, (rule, group, first_look) in enumerate(zip(RULES, groups, looks, strict=True)):
            if month >= first_look:
                limit = LIMITS[rule]
                reached = self._months >= limit if month == first_look else self._months == limit
                found[reached & group & (self._luck < FOUND[rule]) & (found == NOT_FOUND)] = position
        return found

"""Small worlds for the statistics: months of assistance in some municipalities, drawn as the country draws them.

Belongs here: which parts of the country a world takes. Does not: chances (`spells`), effects (`truth`) or estimators.
A world has neither persons nor money nor notices, so that a thousand of them are made in a minute or two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country import spells
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.exits import GAP
from avainvarasto.synthetic.country.households import GROWTH
from avainvarasto.synthetic.country.spells import Bools, Calendar
from avainvarasto.synthetic.country.truth import Truth
from avainvarasto.synthetic.places import OTHER_TOWNS, PILOTS, TORNIO

# Pilots that stayed to the end, and towns without the capital: thousands of residents.
STAYED = {code: size for code, size in PILOTS.items() if code != TORNIO}
TOWNS = STAYED | {code: size for code, size in OTHER_TOWNS.items() if size < 300}


@dataclass(frozen=True)
class SmallWorld:
    """Households by month in some municipalities.

    `received` is months x households; `home` is a position in `codes`; `sizes` are thousands of residents; the first
    `n_pilots` municipalities are those in which the model works.
    """

    months: npt.NDArray[np.datetime64]
    codes: tuple[str, ...]
    sizes: npt.NDArray[np.float64]
    n_pilots: int
    home: npt.NDArray[np.intp]
    received: Bools

    @property
    def treated(self) -> Bools:
        """Whether the model works in a municipality."""
        found: Bools = np.arange(len(self.codes)) < self.n_pilots
        return found


class _Watching:
    """The truth's factor of the model, municipality by municipality, and nothing else."""

    def __init__(self, truth: Truth, codes: tuple[str, ...], home: npt.NDArray[np.intp], calendar: Calendar) -> None:
        self._home = home
        self._ones = np.ones(len(home))
        self._truth, self._codes, self._calendar = truth, codes, calendar

    def factors(self, number: int, n: int) -> npt.NDArray[np.float64]:
        works = self._truth.model_works(self._codes, self._calendar.month(number))
        if self._truth.model == 1.0 or not works.any():
            return self._ones[:n]
        factors: npt.NDArray[np.float64] = np.where(works, self._truth.model, 1.0)[self._home[:n]]
        return factors

    def begin(self, months_on: npt.NDArray[np.int32]) -> None:
        """A world has no notices that count months."""

    def received(self, number: int, received: Bools) -> None:
        """A world has no notices and no income."""


@dataclass(frozen=True)
class WorldSpells:
    """One entry a spell: household, row of its first month, months, and whether its end is one.

    Ends are seen up to row `seen`, which is left out: two months without assistance must follow within the world.
    """

    household: npt.NDArray[np.intp]
    first: npt.NDArray[np.intp]
    months: npt.NDArray[np.int64]
    is_exit: Bools
    seen: int


def small_world(
    seed: int, truth: Truth, a_month: float, first: str, last: str, sizes: Mapping[str, float] = TOWNS
) -> SmallWorld:
    """Some municipalities for the months `YYYY-MM` to `YYYY-MM`.

    Args:
        seed: the same seed and arguments give the same world; with another effect chances change, luck does not.
        truth: of which only the model counts.
        a_month: newcomers a month in all municipalities together.
        first: first month.
        last: last month.
        sizes: thousands of residents by municipality, pilots first.
    """
    months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    codes, residents = tuple(sizes), np.array(list(sizes.values()))
    calendar = Calendar(months[0] - spells.WARM_UP, len(months), seasons=True)
    entries = spells.draw_entries(generator(seed, "entries"), a_month, GROWTH, calendar)
    edges = np.cumsum(residents)[:-1] / residents.sum()
    home = np.searchsorted(edges, generator(seed, "homes").random(len(entries)), side="right")
    sort = drawn(generator(seed, "sorts"), spells.SORTS, len(entries))
    watching = _Watching(truth, codes, home, calendar)
    received = spells.live(generator(seed, "spells"), entries, sort, calendar, watching)
    return SmallWorld(months, codes, residents, sum(code in STAYED for code in codes), home, received)


def spells_of(world: SmallWorld) -> WorldSpells:
    """Spells that begin after two months without assistance were seen; a single month without is within a spell."""
    got = world.received.copy()
    got[1:-1] |= got[:-2] & got[2:]
    began = got.copy()
    began[1:] &= ~got[:-1]
    began[:GAP] = False
    household, first = np.nonzero(began.T)
    # The last month of each spell: the first end at or after its beginning, in the order of households and months.
    ended = got.copy()
    ended[:-1] &= ~got[1:]
    end_household, end = np.nonzero(ended.T)
    n_months = len(got)
    at = np.searchsorted(end_household * n_months + end, household * n_months + first)
    last, seen = end[at], n_months - GAP
    kept = first < seen
    household, first, last = household[kept], first[kept], last[kept]
    return WorldSpells(household, first, np.minimum(last, seen - 1) - first + 1, last < seen, seen)

"""Why households leave assistance: the true reasons, of which the register sees only some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.country.traps import TRUE_REASONS

# Made-up shares of those that neither died nor moved abroad.
REASONS = {
    "WORK": 0.36,
    "PRIMARY_BENEFIT": 0.27,
    "STUDY": 0.13,
    "PENSION": 0.05,
    "SPOUSE_OR_FAMILY": 0.09,
    "OTHER": 0.10,
}
DEATH, EMIGRATION = "DEATH", "EMIGRATION"
NAMES = (*REASONS, DEATH, EMIGRATION)
WORK = NAMES.index("WORK")
# Two months without assistance end a spell; one is a gap in it.
GAP = 2


@dataclass(frozen=True)
class Exits:
    """One entry an exit: household, row of its last month, and position of the reason in `NAMES`."""

    household: npt.NDArray[np.intp]
    row: npt.NDArray[np.intp]
    reason: npt.NDArray[np.intp]

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """Whether the register says why: death and emigration only."""
        found: npt.NDArray[np.bool_] = self.reason >= len(REASONS)
        return found


def make_exits(country: Country, people: People) -> Exits:
    """All exits that are seen to be such: two months without assistance follow within the country's months."""
    got = country.received
    n = len(got) - GAP
    if n <= 0:
        return Exits(*(np.array([], np.intp) for _ in range(3)))
    left = got[:n] & ~got[1 : n + 1] & ~got[2 : n + 2]
    row, household = np.nonzero(left)
    reason = drawn(generator(country.seed, "reasons of exits"), REASONS, len(row))
    if TRUE_REASONS not in country.traps:
        reason[:] = WORK
    applicants = country.first_person[household]
    for name, when in ((DEATH, people.death), (EMIGRATION, people.emigration)):
        reason[when[applicants] == country.months[row]] = NAMES.index(name)
    return Exits(household, row, reason)


def counted_exits(country: Country, people: People) -> dict[str, int]:
    """Exits by reason."""
    exits = make_exits(country, people)
    return {name: int((exits.reason == position).sum()) for position, name in enumerate(NAMES)}

"""What is known of the applicant of a household: language, citizenship, activity; its family shares the first two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.chance import drawn
from avainvarasto.synthetic.people import CITIZENSHIP_BY_TONGUE, CITIZENSHIP_ELSE, MOTHER_TONGUE

TONGUES = tuple(MOTHER_TONGUE)
CITIZENSHIPS = ("FI", "EU", "OTHER", None)
ACTIVITIES = ("TYOLLINEN", "TYOTON", "OPISKELIJA", "ELAKELAINEN", "MUU")
YOUNG = {"TYOLLINEN": 0.10, "TYOTON": 0.50, "OPISKELIJA": 0.28, "ELAKELAINEN": 0.0, "MUU": 0.12}
OLDER = {"TYOLLINEN": 0.14, "TYOTON": 0.60, "OPISKELIJA": 0.06, "ELAKELAINEN": 0.08, "MUU": 0.12}
UNEMPLOYED, PENSIONER = ACTIVITIES.index("TYOTON"), ACTIVITIES.index("ELAKELAINEN")
MOSTLY_ASSISTANCE = 0.45
Positions = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Traits:
    """One entry a household: positions in `TONGUES`, `CITIZENSHIPS`, `ACTIVITIES`.

    `mostly` says whether assistance is the main income whenever there is any.
    """

    tongue: Positions
    citizenship: Positions
    activity: Positions
    mostly: npt.NDArray[np.bool_]

    def of(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Traits:
        """Those of some households."""
        return Traits(self.tongue[chosen], self.citizenship[chosen], self.activity[chosen], self.mostly[chosen])

    def and_others(self, others: Traits) -> Traits:
        """Both, the others last."""
        return Traits(
            np.concatenate([self.tongue, others.tongue]),
            np.concatenate([self.citizenship, others.citizenship]),
            np.concatenate([self.activity, others.activity]),
            np.concatenate([self.mostly, others.mostly]),
        )

    @property
    def foreign(self) -> npt.NDArray[np.bool_]:
        """Whether the applicant is known to be a citizen of another country only."""
        found: npt.NDArray[np.bool_] = np.isin(
            self.citizenship, [CITIZENSHIPS.index("EU"), CITIZENSHIPS.index("OTHER")]
        )
        return found


def draw_traits(rng: np.random.Generator, age: npt.NDArray[np.int64]) -> Traits:
    """Of applicants of these ages."""
    n = len(age)
    tongue = drawn(rng, MOTHER_TONGUE, n)
    citizenship = np.empty(n, np.int8)
    for position, spoken in enumerate(TONGUES):
        here = np.flatnonzero(tongue == position)
        shares = CITIZENSHIP_BY_TONGUE.get(spoken, CITIZENSHIP_ELSE)
        theirs = np.array([CITIZENSHIPS.index(one) for one in shares], np.int8)
        citizenship[here] = theirs[drawn(rng, shares, len(here))]
    mostly = rng.random(n) < MOSTLY_ASSISTANCE
    return Traits(tongue.astype(np.int8), citizenship, draw_activities(rng, age), mostly)


def draw_activities(rng: np.random.Generator, age: npt.NDArray[np.int64]) -> Positions:
    """Positions in `ACTIVITIES` of adults of these ages."""
    found = np.where(age < 28, drawn(rng, YOUNG, len(age)), drawn(rng, OLDER, len(age)))
    return np.where(age >= 65, PENSIONER, found).astype(np.int8)

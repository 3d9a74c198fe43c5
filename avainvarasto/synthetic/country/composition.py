"""Who lives in the households: applicant, spouse and children, as one array of persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.chance import drawn

KINDS = {"YKSIN_ASUVA": 0.635, "MUU_1H": 0.1365, "YKSINHUOLTAJA": 0.14, "LAPSIPERHE": 0.055, "LAPSETON_PARI": 0.0335}
WITH_SPOUSE = np.array([False, False, False, True, True])
WITH_CHILDREN = np.array([False, False, True, True, False])
WOMEN_SHARE = np.array([0.42, 0.45, 0.87, 0.45, 0.45])
N_CHILDREN = {"YKSINHUOLTAJA": {1: 0.52, 2: 0.31, 3: 0.13, 4: 0.04}, "LAPSIPERHE": {1: 0.28, 2: 0.34, 3: 0.23, 4: 0.15}}
# Ages of applicants when they come for the first time.
AGES = {(18, 24): 0.44, (25, 34): 0.22, (35, 44): 0.14, (45, 54): 0.11, (55, 64): 0.07, (65, 80): 0.02}
AGES_OF_PARENTS = {(19, 24): 0.20, (25, 34): 0.43, (35, 44): 0.29, (45, 54): 0.08}
APPLICANT, SPOUSE, CHILD = 0, 1, 2
FEMALE, MALE = 2, 1


@dataclass(frozen=True)
class Persons:
    """One entry a person of a household: its position, role (applicant, spouse, child: 0, 1, 2), birth, sex (1, 2).

    Who lives in two households one after the other has two entries; `same_as` is the position of the first.
    """

    household: npt.NDArray[np.int32]
    role: npt.NDArray[np.int8]
    birth: npt.NDArray[np.datetime64]
    sex: npt.NDArray[np.int8]
    same_as: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.household)

    def age_at_end_of(self, year: int) -> npt.NDArray[np.int64]:
        """Whole years on the last day of a year."""
        return year - (self.birth.astype("datetime64[Y]").astype(np.int64) + 1970)

    @property
    def first_entry(self) -> npt.NDArray[np.bool_]:
        """Whether an entry is the person's first: true once for each person."""
        first: npt.NDArray[np.bool_] = self.same_as == np.arange(len(self))
        return first

    def of_households(self, chosen: npt.NDArray[np.bool_]) -> Persons:
        """The persons of some households, which are counted anew.

        Raises:
            ValueError: somebody there has the first entry in a household that is not chosen.
        """
        kept = chosen[self.household]
        if not kept[self.same_as[kept]].all():
            raise ValueError("a household is kept without the one that its persons come from")
        households, entries = np.cumsum(chosen) - 1, np.cumsum(kept) - 1
        household = households[self.household[kept]].astype(np.int32)
        return Persons(
            household, self.role[kept], self.birth[kept], self.sex[kept], entries[self.same_as[kept]].astype(np.intp)
        )

    def and_others(self, others: Persons, n_households: int) -> Persons:
        """Both, the others in households counted on from so many."""
        return Persons(
            np.concatenate([self.household, others.household + np.int32(n_households)]),
            np.concatenate([self.role, others.role]),
            np.concatenate([self.birth, others.birth]),
            np.concatenate([self.sex, others.sex]),
            np.concatenate([self.same_as, others.same_as + len(self)]),
        )


def draw_kinds(rng: np.random.Generator, n: int) -> npt.NDArray[np.intp]:
    """Position in `KINDS` by household."""
    return drawn(rng, KINDS, n)


def draw_persons(rng: np.random.Generator, kinds: npt.NDArray[np.intp], came: npt.NDArray[np.datetime64]) -> Persons:
    """The persons of households, sorted by household and role; `came` is the month when a household first came."""
    n = len(kinds)
    every = np.arange(n, dtype=np.int32)
    parents = WITH_CHILDREN[kinds]
    age = np.where(parents, _ages(rng, AGES_OF_PARENTS, n), _ages(rng, AGES, n))
    sex = np.where(rng.random(n) < WOMEN_SHARE[kinds], FEMALE, MALE)
    couples = np.flatnonzero(WITH_SPOUSE[kinds])
    age_of_spouse = np.maximum(18, age[couples] + rng.integers(-6, 7, len(couples)))
    homes_of_children = np.repeat(every, _children(rng, kinds))
    youngest_parent = age.copy()
    youngest_parent[couples] = np.minimum(age[couples], age_of_spouse)
    oldest = np.clip(youngest_parent[homes_of_children] - 18, 1, 17)
    age_of_child = rng.integers(0, oldest + 1)
    household = np.concatenate([every, every[couples], homes_of_children])
    roles = np.repeat(np.array([APPLICANT, SPOUSE, CHILD], np.int8), [n, len(couples), len(homes_of_children)])
    ages = np.concatenate([age, age_of_spouse, age_of_child])
    days = rng.integers(0, 365, len(household)).astype("timedelta64[D]")
    sexes = np.concatenate([sex, FEMALE + MALE - sex[couples], rng.integers(1, 3, len(homes_of_children))])
    birth = (came[household].astype("datetime64[D]") - days).astype("datetime64[M]") - (12 * ages).astype(
        "timedelta64[M]"
    )
    order = np.lexsort((roles, household))
    births = birth.astype("datetime64[D]") + rng.integers(0, 28, len(household)).astype("timedelta64[D]")
    return Persons(household[order], roles[order], births[order], sexes.astype(np.int8)[order], np.arange(len(order)))


def _ages(rng: np.random.Generator, shares: dict[tuple[int, int], float], n: int) -> npt.NDArray[np.int64]:
    spans = np.array(list(shares))[drawn(rng, shares, n)]
    return rng.integers(spans[:, 0], spans[:, 1] + 1)


def _children(rng: np.random.Generator, kinds: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Number of children by household."""
    found = np.zeros(len(kinds), np.int64)
    for position, kind in enumerate(KINDS):
        if kind in N_CHILDREN:
            here = np.flatnonzero(kinds == position)
            found[here] = np.array(list(N_CHILDREN[kind]))[drawn(rng, N_CHILDREN[kind], len(here))]
    return found

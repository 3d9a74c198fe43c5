"""Couples that part: the applicant goes on with somebody else, which is another household by Kela's definition."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.composition import SPOUSE, Persons
from avainvarasto.synthetic.country.criteria import NOT_FOUND
from avainvarasto.synthetic.country.households import Households

# Of couples with so many months of assistance.
PARTING, FEWEST_MONTHS = 0.12, 6


def part(rng: np.random.Generator, found: Households, *, within_a_month: bool) -> Households:
    """The households with those that came of parting at the end; their persons but the new spouse are old ones.

    Args:
        rng: random numbers.
        found: the households; those that part lose their later months.
        within_a_month: whether couples part in the middle of a month, for which both households then apply.
    """
    couples = np.bincount(found.persons.household[found.persons.role == SPOUSE], minlength=len(found)) > 0
    n_months = found.received.sum(axis=0)
    luck = rng.random(len(found))
    parting = np.flatnonzero(couples & (n_months >= FEWEST_MONTHS) & (luck < PARTING))
    chosen = np.zeros(len(found), bool)
    chosen[parting] = True
    # The month in which half of what they have received has gone: they receive in it.
    at = np.argmax(np.cumsum(found.received[:, parting], axis=0) > n_months[parting] // 2, axis=0)
    rows = np.arange(len(found.received))[:, None]
    after = Households(
        home=found.home[parting],
        kinds=found.kinds[parting],
        persons=_persons_afterwards(rng, found.persons, parting),
        traits=found.traits.of(parting),
        committing=found.committing[parting],
        received=found.received[:, parting] & (rows >= at),
        refused=found.refused[:, parting] & (rows >= at),
        no_income=found.no_income[:, parting] & (rows >= at),
        notified=np.where(rows >= at, found.notified[:, parting], NOT_FOUND).astype(np.int8),
    )
    last = at + 1 if within_a_month else at
    for name in ("received", "refused", "no_income"):
        getattr(found, name)[:, parting] &= rows < last
    found.notified[:, parting] = np.where(rows < at, found.notified[:, parting], NOT_FOUND)
    together = found.and_others(after)
    originals = np.flatnonzero(chosen[found.persons.household] & (found.persons.role != SPOUSE))
    same_as = together.persons.same_as
    added = np.arange(len(found.persons), len(together.persons))
    same_as[added[together.persons.role[added] != SPOUSE]] = originals
    return together


def _persons_afterwards(rng: np.random.Generator, persons: Persons, parting: npt.NDArray[np.intp]) -> Persons:
    """Applicants and children as they are, with a new spouse, somewhat older than the one before."""
    number = np.full(persons.household.max() + 1, -1, np.int64)
    number[parting] = np.arange(len(parting))
    there = np.flatnonzero(number[persons.household] >= 0)
    role, birth = persons.role[there], persons.birth[there].copy()
    spouses = role == SPOUSE
    # Older than the one before, so that nobody is a child or becomes a parent as one.
    older = rng.integers(30, 900, int(spouses.sum())).astype("timedelta64[D]")
    birth[spouses] -= older
    return Persons(
        number[persons.household[there]].astype(np.int32), role, birth, persons.sex[there], np.arange(len(there))
    )

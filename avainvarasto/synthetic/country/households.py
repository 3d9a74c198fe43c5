"""Households of the country with their months: those that receive something, and those that are refused for good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country import composition, spells
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.composition import APPLICANT, MALE, Persons
from avainvarasto.synthetic.country.homes import Homes
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.truth import Truth

# Newcomers a month and their growth by year in the whole country, fitted to the recipients of 2017 and 2018.
NEWCOMERS, GROWTH = 8750.0, 0.02
REFERENCE_MONTH = np.datetime64("2017-01", "M")
# Households that apply and get nothing, for every newcomer that gets something; they apply in one month or two.
REFUSED_ONLY = 0.66
APPLIES_TWICE = 0.3
# A refused application in the month after the last of a spell: the household thought that it still had a right.
REFUSED_AFTERWARDS = 0.25


@dataclass(frozen=True)
class Households:
    """Positions of home and kind by household, their persons, and months x households of grants and refusals."""

    home: npt.NDArray[np.intp]
    kinds: npt.NDArray[np.intp]
    persons: Persons
    received: Bools
    refused: Bools

    def and_others(self, others: Households) -> Households:
        """Both, the others counted on from the last of these."""
        n = np.int32(len(self.kinds))
        a, b = self.persons, others.persons
        return Households(
            np.concatenate([self.home, others.home]),
            np.concatenate([self.kinds, others.kinds]),
            Persons(
                np.concatenate([a.household, b.household + n]),
                np.concatenate([a.role, b.role]),
                np.concatenate([a.birth, b.birth]),
                np.concatenate([a.sex, b.sex]),
            ),
            np.concatenate([self.received, others.received], axis=1),
            np.concatenate([self.refused, others.refused], axis=1),
        )


def recipients(seed: int, scale: float, months: npt.NDArray[np.datetime64], homes: Homes, truth: Truth) -> Households:
    """Everybody who receives something in one of the months; now and then a refusal follows."""
    began = months[0] - spells.WARM_UP
    calendar = int(began.astype(int) % 12)
    years_before = (months[0] - REFERENCE_MONTH).astype(int) / 12
    a_month = scale * NEWCOMERS * np.exp(GROWTH * years_before)
    entries = spells.draw_entries(generator(seed, "entries"), a_month, GROWTH, len(months), calendar)
    n = len(entries)
    home = homes.draw(generator(seed, "homes"), n)
    kinds = composition.draw_kinds(generator(seed, "kinds"), n)
    persons = composition.draw_persons(generator(seed, "persons"), kinds, began + entries.month)
    leaving = _Leaving(truth, homes, home, persons, months)
    sort = drawn(generator(seed, "sorts"), spells.SORTS, n)
    received = spells.live(generator(seed, "spells"), entries, sort, leaving.factors, len(months), calendar)
    seen: Bools = np.any(received, axis=0)
    received = received[:, seen]
    refused = np.zeros_like(received)
    luck = generator(seed, "refusals").random(received[1:].shape)
    refused[1:] = received[:-1] & ~received[1:] & (luck < REFUSED_AFTERWARDS)
    return Households(home[seen], kinds[seen], persons.of_households(seen), received, refused)


def refused_only(seed: int, scale: float, months: npt.NDArray[np.datetime64], homes: Homes) -> Households:
    """Everybody who applies in one of the months and never gets anything."""
    rng = generator(seed, "refused only")
    n = rng.poisson(scale * NEWCOMERS * REFUSED_ONLY * len(months))
    refused = np.zeros((len(months), n), bool)
    at = rng.integers(0, len(months), n)
    refused[at, np.arange(n)] = True
    twice = np.flatnonzero((rng.random(n) < APPLIES_TWICE) & (at + 1 < len(months)))
    refused[at[twice] + 1, twice] = True
    kinds = composition.draw_kinds(rng, n)
    persons = composition.draw_persons(rng, kinds, months[at])
    return Households(homes.draw(rng, n), kinds, persons, np.zeros_like(refused), refused)


class _Leaving:
    """Factors on the chance to leave that follow from the truth."""

    def __init__(
        self,
        truth: Truth,
        homes: Homes,
        home: npt.NDArray[np.intp],
        persons: Persons,
        months: npt.NDArray[np.datetime64],
    ) -> None:
        applicants = persons.role == APPLICANT
        age = persons.age_at_end_of(int(str(months[len(months) // 2])[:4]))[applicants]
        by_sex = np.where(persons.sex[applicants] == MALE, truth.by_sex["1"], truth.by_sex["2"])
        by_age = np.where(
            age <= 24, truth.by_age["18-24"], np.where(age <= 44, truth.by_age["25-44"], truth.by_age["45-"])
        )
        by_urbanity = np.array([truth.by_urbanity[kind] for kind in homes.urbanity])[home]
        self._constant = by_sex * by_age * by_urbanity
        self._truth, self._homes, self._home = truth, homes, home
        self._began = months[0] - spells.WARM_UP

    def factors(self, month: int, n: int) -> npt.NDArray[np.float64]:
        """For the first `n` households in a month counted from the warm-up's first on."""
        works = self._truth.model_works(self._homes.codes, self._began + month)
        model = np.where(works, self._truth.model, 1.0)
        factors: npt.NDArray[np.float64] = self._constant[:n] * model[self._home[:n]]
        return factors

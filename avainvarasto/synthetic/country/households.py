"""Households of the country with their months: those that receive something, and those that are refused for good."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country import composition, grants, spells
from avainvarasto.synthetic.country.chance import Random, drawn, generator
from avainvarasto.synthetic.country.composition import APPLICANT, MALE, Persons
from avainvarasto.synthetic.country.criteria import NOT_FOUND, Criteria
from avainvarasto.synthetic.country.homes import Homes
from avainvarasto.synthetic.country.spells import Bools, Calendar
from avainvarasto.synthetic.country.traits import TONGUES, Traits, draw_traits
from avainvarasto.synthetic.country.truth import Truth

# Newcomers a month and their growth by year in the whole country, fitted to the recipients of 2017 and 2018.
NEWCOMERS, GROWTH = 8750.0, 0.02
REFERENCE_MONTH = np.datetime64("2017-01", "M")
# Households that apply and get nothing, for every newcomer that gets something; some apply month after month.
REFUSED_ONLY = 0.66
APPLIES_AGAIN, MOST_APPLICATIONS = 0.45, 4
# Refused applications in the months after a month of assistance, three at the most: the household thought that it still
# had a right. Fitted to the refused decisions of January-July 2017.
REFUSED_AFTERWARDS, REFUSED_AGAIN, MOST_REFUSED = 0.68, 0.70, 3
# Who commits to work with a social worker; nobody sees the sort of a household, but those who stay long commit less.
COMMITTING = dict(zip(spells.SORTS, (0.85, 0.70, 0.50), strict=True))


@dataclass(frozen=True)
class Households:
    """Positions of home and kind by household, persons and traits, and months x households of what happened.

    `notified` are positions in `criteria.RULES`, -1 for none.
    """

    home: npt.NDArray[np.intp]
    kinds: npt.NDArray[np.intp]
    persons: Persons
    traits: Traits
    committing: Bools
    received: Bools
    refused: Bools
    no_income: Bools
    notified: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.kinds)

    def and_others(self, others: Households) -> Households:
        """Both, the others counted on from the last of these."""
        joined = {
            field.name: np.concatenate([getattr(self, field.name), getattr(others, field.name)], axis=-1)
            for field in fields(self)
            if field.name not in ("persons", "traits")
        }
        persons = self.persons.and_others(others.persons, len(self))
        return Households(persons=persons, traits=self.traits.and_others(others.traits), **joined)

    def of(self, chosen: Bools) -> Households:
        """Some of them."""
        kept = {
            field.name: getattr(self, field.name)[..., chosen]
            for field in fields(self)
            if field.name not in ("persons", "traits")
        }
        return Households(persons=self.persons.of_households(chosen), traits=self.traits.of(chosen), **kept)


@dataclass(frozen=True)
class World:
    """What all households of a country share; `seasons` as it says."""

    seed: int
    months: npt.NDArray[np.datetime64]
    homes: Homes
    truth: Truth
    seasons: bool


def recipients(world: World, scale: float, part: str = "") -> Households:
    """Everybody who receives something in one of the months; refusals follow.

    Args:
        world: seed, months, homes and truth.
        scale: 1 is the whole country.
        part: names the random numbers, where a country has more than one group of recipients.
    """

    def random(what: str) -> np.random.Generator:
        return generator(world.seed, f"{part}{what}")

    months = world.months
    calendar = Calendar(months[0] - spells.WARM_UP, len(months), world.seasons)
    a_month = scale * NEWCOMERS * np.exp(GROWTH * (months[0] - REFERENCE_MONTH).astype(int) / 12)
    entries = spells.draw_entries(random("entries"), a_month, GROWTH, calendar)
    n = len(entries)
    home = world.homes.draw(random("homes"), n)
    kinds = composition.draw_kinds(random("kinds"), n)
    persons = composition.draw_persons(random("persons"), kinds, calendar.first + entries.month)
    applicants = persons.role == APPLICANT
    traits = draw_traits(random("traits"), persons.age_at_end_of(_year(months[0]))[applicants])
    sort = drawn(random("sorts"), spells.SORTS, n)
    watching = _Watching(world, calendar, home, kinds, persons, traits, random)
    received = spells.live(random("spells"), entries, sort, calendar, watching)
    commits = random("commitment").random(n) < np.array(list(COMMITTING.values()))[sort]
    nothing = np.zeros_like(received)
    found = Households(home, kinds, persons, traits, commits, received, nothing, watching.no_income, watching.notified)
    found = found.of(np.any(received, axis=0))
    _refuse_afterwards(random("refusals"), found)
    return found


def _refuse_afterwards(rng: np.random.Generator, found: Households) -> None:
    """Months in which who had received applies once more and gets nothing."""
    in_a_row = np.zeros(len(found), np.int8)
    for row in range(1, len(found.received)):
        left = found.received[row - 1]
        again = (in_a_row > 0) & (in_a_row < MOST_REFUSED)
        chance = np.select([left, again], [REFUSED_AFTERWARDS, REFUSED_AGAIN], 0.0)
        found.refused[row] = ~found.received[row] & (rng.random(len(found)) < chance)
        in_a_row = np.where(found.refused[row], in_a_row + 1, 0).astype(np.int8)


def refused_only(world: World, scale: float) -> Households:
    """Everybody who applies in one of the months and never gets anything."""
    rng, months = generator(world.seed, "refused only"), world.months
    n = rng.poisson(scale * NEWCOMERS * REFUSED_ONLY * len(months))
    refused = np.zeros((len(months), n), bool)
    at = rng.integers(0, len(months), n)
    refused[at, np.arange(n)] = True
    again = np.arange(n)
    for number in range(1, MOST_APPLICATIONS):
        again = again[(rng.random(len(again)) < APPLIES_AGAIN) & (at[again] + number < len(months))]
        refused[at[again] + number, again] = True
    kinds = composition.draw_kinds(rng, n)
    persons = composition.draw_persons(rng, kinds, months[at])
    traits = draw_traits(rng, persons.age_at_end_of(_year(months[0]))[persons.role == APPLICANT])
    return Households(
        home=world.homes.draw(rng, n),
        kinds=kinds,
        persons=persons,
        traits=traits,
        committing=rng.random(n) < np.mean(list(COMMITTING.values())),
        received=np.zeros_like(refused),
        refused=refused,
        no_income=np.zeros_like(refused),
        notified=np.full(refused.shape, NOT_FOUND, np.int8),
    )


def _year(month: np.datetime64) -> int:
    return int(str(month)[:4])


class _Watching:
    """Income and notifications month by month, and the factors on leaving that follow from the truth."""

    def __init__(
        self,
        world: World,
        calendar: Calendar,
        home: npt.NDArray[np.intp],
        kinds: npt.NDArray[np.intp],
        persons: Persons,
        traits: Traits,
        random: Random,
    ) -> None:
        self._truth, self._calendar = world.truth, calendar
        self._homes, self._home = world.homes, home
        self._mostly = traits.mostly
        applicants = persons.role == APPLICANT
        self._constant = _of_groups(world, home, traits, persons.sex[applicants], persons, applicants)
        birth_year = persons.birth[applicants].astype("datetime64[Y]").astype(np.int64) + 1970
        self._criteria = Criteria(random("found by rule"), traits, birth_year)
        self._income = grants.WithoutIncome(random("no income"), kinds, seasons=world.seasons)
        shape = (calendar.n_months, len(kinds))
        self.no_income: Bools = np.zeros(shape, bool)
        self.notified: npt.NDArray[np.int8] = np.full(shape, NOT_FOUND, np.int8)

    def factors(self, number: int, n: int) -> npt.NDArray[np.float64]:
        works = self._truth.model_works(self._homes.codes, self._calendar.month(number))
        factors: npt.NDArray[np.float64] = self._constant[:n] * np.where(works, self._truth.model, 1.0)[self._home[:n]]
        row = number - spells.WARM_UP
        lately = self.notified[max(0, row - self._truth.notification_months) : max(0, row), :n]
        if len(lately) and self._truth.notification != 1.0:
            factors[(lately != NOT_FOUND).any(axis=0)] *= self._truth.notification
        return factors

    def begin(self, months_on: npt.NDArray[np.int32]) -> None:
        self._criteria.begin(np.where(self._mostly, months_on, 0).astype(np.int32))

    def received(self, number: int, received: Bools) -> None:
        row, month = number - spells.WARM_UP, self._calendar.month(number)
        self.no_income[row] = self._income.month(month, received)
        self.notified[row] = self._criteria.month(month, received & (self._mostly | self.no_income[row]))


def _of_groups(
    world: World,
    home: npt.NDArray[np.intp],
    traits: Traits,
    sex: npt.NDArray[np.int8],
    persons: Persons,
    applicants: Bools,
) -> npt.NDArray[np.float64]:
    """Factors on leaving by sex, age, language and urbanity."""
    truth = world.truth
    age = persons.age_at_end_of(_year(world.months[len(world.months) // 2]))[applicants]
    ages = [truth.by_age[group] for group in ("18-24", "25-44", "45-")]
    by_language = np.array([truth.by_language.get(tongue or "", 1.0) for tongue in TONGUES])
    by_urbanity = np.array([truth.by_urbanity[kind] for kind in world.homes.urbanity])
    factors: npt.NDArray[np.float64] = (
        np.where(sex == MALE, truth.by_sex["1"], truth.by_sex["2"])
        * np.select([age <= 24, age <= 44], ages[:2], ages[2])
        * by_language[traits.tongue]
        * by_urbanity[home]
    )
    return factors

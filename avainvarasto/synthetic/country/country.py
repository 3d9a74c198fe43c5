"""The country put together: `make_country` is the public function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from avainvarasto.errors import DemoRefused
from avainvarasto.synthetic.country import budget, composition, spells
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.composition import APPLICANT, CHILD, MALE, Persons
from avainvarasto.synthetic.country.homes import Homes, make_homes
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
RENTS, RENT_WITH_CHILDREN = (35_000, 72_000), 12_000
MOVES_A_YEAR = 0.03


@dataclass(frozen=True)
class Country:
    """Households (columns) by month (rows), and their persons.

    `home` and `kinds` are positions in `homes` and `composition.KINDS`; `received`, `refused` and `no_income` are
    months x households; `level` is what a household gets against others of its kind, `rent` cents of a month;
    `moved_in` is the row of the month from which it lives in `new_home`, beyond the last where it never moves.
    """

    seed: int
    scale: float
    months: npt.NDArray[np.datetime64]
    homes: Homes
    truth: Truth
    home: npt.NDArray[np.intp]
    kinds: npt.NDArray[np.intp]
    persons: Persons
    received: Bools
    refused: Bools
    no_income: Bools
    level: npt.NDArray[np.float64]
    rent: npt.NDArray[np.int64]
    moved_in: npt.NDArray[np.int32]
    new_home: npt.NDArray[np.intp]

    @cached_property
    def first_person(self) -> npt.NDArray[np.intp]:
        """Position of each household's applicant among the persons; spouse and children follow."""
        return np.flatnonzero(self.persons.role == APPLICANT)

    @cached_property
    def n_adults(self) -> npt.NDArray[np.int64]:
        """Adults by household."""
        grown_up = self.persons.household[self.persons.role != CHILD]
        return np.bincount(grown_up, minlength=len(self.kinds))

    @cached_property
    def n_children(self) -> npt.NDArray[np.int64]:
        """Children by household."""
        return np.bincount(self.persons.household, minlength=len(self.kinds)) - self.n_adults

    def home_in(self, row: int) -> npt.NDArray[np.intp]:
        """Position of each household's municipality in a month."""
        return np.where(row >= self.moved_in, self.new_home, self.home)

    def within(self, first: str, last: str) -> slice:
        """Rows of the months `YYYY-MM` to `YYYY-MM`, both included."""
        start, end = (int((np.datetime64(month, "M") - self.months[0]).astype(int)) for month in (first, last))
        return slice(max(start, 0), end + 1)

    def granted(self, row: int) -> npt.NDArray[np.int64]:
        """Cents by household in a month; 0 where nothing was granted."""
        here = np.flatnonzero(self.received[row])
        cents = np.zeros(self.received.shape[1], np.int64)
        rng = generator(self.seed, f"granted {self.months[row]}")
        cents[here] = budget.granted_cents(rng, self.kinds[here], self.level[here], self.no_income[row, here])
        return cents

    def household_months(self) -> Iterator[tuple[np.datetime64, npt.NDArray[np.intp]]]:
        """Each month with the positions of the households that applied in it."""
        for month, got, refused in zip(self.months, self.received, self.refused, strict=True):
            yield month, np.flatnonzero(got | refused)


def make_country(
    municipality_seed: Path, *, scale: float, first: str, last: str, seed: int, truth: Truth | None = None
) -> Country:
    """A country at a scale (1 is the whole), for the months `YYYY-MM` to `YYYY-MM`.

    Raises:
        DemoRefused: the scale is not above 0, a month is none, or there is none from the first to the last.
    """
    truth = truth or Truth()
    months = _months(scale, first, last)
    homes = make_homes(municipality_seed, seed, f"{first}-01")
    began = months[0] - spells.WARM_UP
    calendar = int(began.astype(int) % 12)
    years_before = (months[0] - REFERENCE_MONTH).astype(int) / 12
    entries = spells.draw_entries(
        generator(seed, "entries"), scale * NEWCOMERS * np.exp(GROWTH * years_before), GROWTH, len(months), calendar
    )
    n = len(entries)
    home = np.searchsorted(np.cumsum(homes.weights)[:-1], generator(seed, "homes").random(n), side="right")
    kinds = composition.draw_kinds(generator(seed, "kinds"), n)
    persons = composition.draw_persons(generator(seed, "persons"), kinds, began + entries.month)
    leaving = _Leaving(truth, homes, home, persons, began)
    sort = drawn(generator(seed, "sorts"), spells.SORTS, n)
    received = spells.live(generator(seed, "spells"), entries, sort, leaving.factors, len(months), calendar)
    seen: Bools = np.any(received, axis=0)
    return _with_refused(
        seed, scale, months, homes, truth, home[seen], kinds[seen], _of(persons, seen), received[:, seen]
    )


def _months(scale: float, first: str, last: str) -> npt.NDArray[np.datetime64]:
    try:
        months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    except ValueError:
        months = np.array([], "datetime64[M]")
    if not scale > 0 or not len(months):
        raise DemoRefused(
            "the made-up country",
            "needs a scale above 0 and months from the first to the last",
            consequence="Nothing was made.",
            remedy="give --scale 0.01 (1 is the whole country), --from and --to as YYYY-MM",
        )
    return months


class _Leaving:
    """Factors on the chance to leave that follow from the truth."""

    def __init__(
        self, truth: Truth, homes: Homes, home: npt.NDArray[np.intp], persons: Persons, began: np.datetime64
    ) -> None:
        applicants = persons.role == APPLICANT
        age = 2018 - (persons.birth[applicants].astype("datetime64[Y]").astype(np.int64) + 1970)
        by_sex = np.where(persons.sex[applicants] == MALE, truth.by_sex["1"], truth.by_sex["2"])
        by_age = np.where(
            age <= 24, truth.by_age["18-24"], np.where(age <= 44, truth.by_age["25-44"], truth.by_age["45-"])
        )
        by_urbanity = np.array([truth.by_urbanity[kind] for kind in homes.urbanity])[home]
        self._constant = by_sex * by_age * by_urbanity
        self._truth, self._homes, self._home, self._began = truth, homes, home, began

    def factors(self, month: int, n: int) -> npt.NDArray[np.float64]:
        works = self._truth.model_works(self._homes.codes, self._began + month)
        model = np.where(works, self._truth.model, 1.0)
        factors: npt.NDArray[np.float64] = self._constant[:n] * model[self._home[:n]]
        return factors


def _of(persons: Persons, seen: Bools) -> Persons:
    """The persons of some households, which are counted anew."""
    kept = seen[persons.household]
    numbers = np.cumsum(seen) - 1
    household = numbers[persons.household[kept]].astype(np.int32)
    return Persons(household, persons.role[kept], persons.birth[kept], persons.sex[kept])


def _with_refused(
    seed: int,
    scale: float,
    months: npt.NDArray[np.datetime64],
    homes: Homes,
    truth: Truth,
    home: npt.NDArray[np.intp],
    kinds: npt.NDArray[np.intp],
    persons: Persons,
    received: Bools,
) -> Country:
    """Add refusals after spells, and the households that never got anything."""
    rng = generator(seed, "refusals")
    n_months, n = received.shape
    refused = np.zeros_like(received)
    refused[1:] = received[:-1] & ~received[1:] & (rng.random((n_months - 1, n)) < REFUSED_AFTERWARDS)
    extra = rng.poisson(scale * NEWCOMERS * REFUSED_ONLY * n_months)
    more = np.zeros((n_months, extra), bool)
    at = rng.integers(0, n_months, extra)
    more[at, np.arange(extra)] = True
    twice = np.flatnonzero((rng.random(extra) < APPLIES_TWICE) & (at + 1 < n_months))
    more[at[twice] + 1, twice] = True
    their_kinds = composition.draw_kinds(rng, extra)
    theirs = composition.draw_persons(rng, their_kinds, months[at])
    all_persons = Persons(
        np.concatenate([persons.household, theirs.household + np.int32(n)]),
        np.concatenate([persons.role, theirs.role]),
        np.concatenate([persons.birth, theirs.birth]),
        np.concatenate([persons.sex, theirs.sex]),
    )
    got = np.concatenate([received, np.zeros_like(more)], axis=1)
    all_kinds = np.concatenate([kinds, their_kinds])
    their_homes = np.searchsorted(np.cumsum(homes.weights)[:-1], rng.random(extra), side="right")
    first_calendar = int(months[0].astype(int) % 12)
    rent, moved_in, new_home = _dwellings(generator(seed, "dwellings"), homes, all_kinds, n_months)
    return Country(
        seed=seed,
        scale=scale,
        months=months,
        homes=homes,
        truth=truth,
        home=np.concatenate([home, their_homes]),
        kinds=all_kinds,
        persons=all_persons,
        received=got,
        refused=np.concatenate([refused, more], axis=1),
        no_income=budget.without_income(generator(seed, "no income"), got, all_kinds, first_calendar),
        level=budget.draw_levels(generator(seed, "levels"), len(all_kinds)),
        rent=rent,
        moved_in=moved_in,
        new_home=new_home,
    )


def _dwellings(
    rng: np.random.Generator, homes: Homes, kinds: npt.NDArray[np.intp], n_months: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """Rent, the month of a move and the new municipality by household."""
    n = len(kinds)
    rent = rng.integers(RENTS[0], RENTS[1], n) + np.where(composition.WITH_CHILDREN[kinds], RENT_WITH_CHILDREN, 0)
    moves = rng.random(n) < MOVES_A_YEAR * n_months / 12
    moved_in = np.where(moves, rng.integers(0, n_months, n), n_months).astype(np.int32)
    return rent, moved_in, np.searchsorted(np.cumsum(homes.weights)[:-1], rng.random(n), side="right")

"""The made-up country held against published totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.composition import CHILD
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.decided import GRANTED, REFUSED, RESULTS, decide
from avainvarasto.synthetic.country.facts import TARGETS, Target
from avainvarasto.synthetic.country.spells import Bools

NEAR, ERRORS = 0.05, 3.0


@dataclass(frozen=True)
class Line:
    """A target, what the country has, and how far apart they may be: both in the whole country's units."""

    target: Target
    made: float
    allowed: float

    @property
    def holds(self) -> bool:
        return abs(self.made - self.target.value) <= self.allowed


def calibration(country: Country) -> Iterator[Line]:
    """Each target whose months the country has.

    Within 5 per cent, or within three standard errors where that is wider: a count of n households made at a scale has
    the error sqrt(n) of a Poisson count, a share that of a binomial; persons and euros come by the household.
    """
    for target in TARGETS:
        first, _, last = target.period.partition("..")
        begin = f"{first}-01" if len(first) == 4 else first
        end = last or (f"{first}-12" if len(first) == 4 else first)
        if country.months[0] <= np.datetime64(begin, "M") and np.datetime64(end, "M") <= country.months[-1]:
            made, counted = _MEASURES[target.measure](country, country.within(begin, end), int(begin[:4]))
            value = made if target.is_share else made / country.scale
            error = (
                np.sqrt(target.value * (1 - target.value) / counted) if target.is_share else value / np.sqrt(counted)
            )
            yield Line(target, value, max(NEAR * target.value, ERRORS * float(error)))


# Each measure gives what the country has, and the number of households or persons that it rests on.
Made = tuple[float, int]


def _households(country: Country, rows: slice, year: int) -> Made:
    n = int(country.received[rows, : country.n_to_scale].any(axis=0).sum())
    return n, n


def _persons(country: Country, rows: slice, year: int, youngest: int = -1, oldest: int = 200) -> Made:
    persons = country.persons
    got: Bools = np.any(country.received[rows], axis=0)
    got[country.n_to_scale :] = False
    there = got[persons.household]
    age = persons.age_at_end_of(year)
    if youngest >= 0:
        there &= (persons.role != CHILD) & (youngest <= age) & (age <= oldest)
    once = np.unique(persons.same_as[there])
    return len(once), _as_good_as(np.bincount(persons.household[once]))


def _euros(country: Country, rows: slice, year: int) -> Made:
    cents = np.zeros(country.n_to_scale, np.int64)
    for row in range(rows.start, rows.stop):
        cents += country.granted(row)[: country.n_to_scale]
    return float(cents.sum()) / 100, _as_good_as(cents)


def _as_good_as(by_household: npt.NDArray[np.int64]) -> int:
    """Households come by chance, not their persons and euros: a sum of x has the error sqrt(sum of x squared).

    Kish's effective size: so many independent ones would have the same relative error.
    """
    found = by_household.astype(np.float64)
    return int(found.sum() ** 2 / (found**2).sum()) if found.any() else 0


def _months_share(fewest: int, most: int) -> Callable[[Country, slice, int], Made]:
    def measure(country: Country, rows: slice, year: int) -> Made:
        months = country.received[rows, : country.n_to_scale].sum(axis=0)
        all_of_them = int((months > 0).sum())
        return float(((months >= fewest) & (months <= most)).sum() / all_of_them), all_of_them

    return measure


def _refused_share(country: Country, rows: slice, year: int) -> Made:
    got, refused = (part[rows, : country.n_to_scale].any(axis=0) for part in (country.received, country.refused))
    applicants = int((got | refused).sum())
    return float((refused & ~got).sum() / applicants), applicants


def _decisions(country: Country, rows: slice, year: int) -> Made:
    """Corrected ones and what corrects them too: Kela counts decisions. What is to be paid back is no application."""
    granted, others = _decided(country, rows)
    return float((granted + others).sum()), _as_good_as(granted + others)


def _granting_share(country: Country, rows: slice, year: int) -> Made:
    granted, others = _decided(country, rows)
    return float(granted.sum() / (granted + others).sum()), _as_good_as(granted + others)


def _decided(country: Country, rows: slice) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Decisions of a time on applications by household: those that grant, and the others."""
    counted = np.zeros((2, country.n_to_scale), np.int64)
    months = country.months[rows]
    # What is decided late is decided on five weeks after its month at the latest.
    for row in range(max(0, rows.start - 2), rows.stop):
        budgets = make_budgets(country, row)
        made = decide(country, budgets).decisions
        decided_in, household = made.day.astype("datetime64[M]"), budgets.households[made.of]
        there = (months[0] <= decided_in) & (decided_in <= months[-1]) & (household < country.n_to_scale)
        for at, result in enumerate((GRANTED, REFUSED)):
            chosen = there & (made.result == RESULTS.index(result))
            counted[at] += np.bincount(household[chosen], minlength=country.n_to_scale)
    return counted[0], counted[1]


def _without_income_share(country: Country, rows: slice, year: int) -> Made:
    got = int(country.received[rows, : country.n_to_scale].sum())
    return float(country.no_income[rows, : country.n_to_scale].sum() / got), got


def _without_income(fewest: int) -> Callable[[Country, slice, int], Made]:
    def measure(country: Country, rows: slice, year: int) -> Made:
        n = int((country.no_income[rows, : country.n_to_scale].sum(axis=0) >= fewest).sum())
        return n, n

    return measure


_MEASURES: dict[str, Callable[[Country, slice, int], Made]] = {
    "recipient households": _households,
    "recipient persons": _persons,
    "recipients aged 18-24": lambda country, rows, year: _persons(country, rows, year, 18, 24),
    "recipients aged 25 or more": lambda country, rows, year: _persons(country, rows, year, 25),
    "euros granted": _euros,
    "households with 10-12 months, share": _months_share(10, 12),
    "households with 4-9 months, share": _months_share(4, 9),
    "applicant households refused in all months, share": _refused_share,
    "decisions on applications": _decisions,
    "decisions that grant, share": _granting_share,
    "households without income, share": _without_income_share,
    "households without income in a month at least": _without_income(1),
    "households without income in three months at least": _without_income(3),
}

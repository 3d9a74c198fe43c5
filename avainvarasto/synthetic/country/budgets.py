"""The calculation behind a month: basic amounts, costs and income, so that needs less income are what was granted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.country import Country, household_ids
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traits import UNEMPLOYED
from avainvarasto.synthetic.country.traps import EPIDEMIC, FIFTY, FIRST_MONTHS

Cents = npt.NDArray[np.int64]
# Basic amounts of 2018 in cents: adult alone, adult of a couple, child (about: it depends on age and number).
ALONE, IN_COUPLE, CHILD = 49121, 41753, 31500
REASONS = {"EI_LASKENNALLISTA_OIKEUTTA": 0.80, "TIEDOT_PUUTTUU": 0.17, "MUU": 0.03}
NO_REASON, INFORMATION_MISSING = -1, 1
POWER, HEALTH, HEALTH_SHARE = (2_500, 6_500), (500, 7_000), 0.30
ONLY_PARTLY_ACCEPTED = 0.15
SURPLUS = (100, 40_000)
# Of grants to unemployed applicants: about 1.5 per cent of all recipients of 2018 were reduced.
REDUCED_SHARE, REDUCED_BY_40 = 0.009, 0.2
# On whom a reduction of a couple falls; made up.
ROLES_REDUCED = {"HAKIJA": 0.65, "PUOLISO": 0.20, "MOLEMMAT": 0.15}
SPOUSE_ONLY, BOTH = (list(ROLES_REDUCED).index(name) for name in ("PUOLISO", "MOLEMMAT"))
# Of reductions, those that go on for a second month; more months there are not on one ground.
CONTINUED_SHARE = 0.3
NO_REDUCTIONS = (np.datetime64("2020-04", "M"), np.datetime64("2021-02", "M"))
FIFTY_FROM, REDUCED_BY_50 = np.datetime64("2026-02", "M"), 0.15
# Of the first three months, what municipalities still paid on decisions of their own.
STILL_MUNICIPAL = {np.datetime64(f"2017-{month:02d}", "M"): share for month, share in ((1, 0.4), (2, 0.2), (3, 0.08))}


@dataclass(frozen=True)
class Budgets:
    """One entry a household that applied in the month, in the order of `households`; money in cents.

    `reason` is a position in `REASONS`, -1 where nothing was refused; where `known` is False, information never came,
    and nothing but the basic amounts means anything. `continued` are reductions that go on from the month before;
    `reduced_role` is a position in `ROLES_REDUCED`, whether anything is reduced or not.
    """

    row: int
    households: npt.NDArray[np.intp]
    refused: Bools
    no_income: Bools
    main_income: Bools
    reason: npt.NDArray[np.int8]
    known: Bools
    reduction: npt.NDArray[np.int8]
    continued: Bools
    reduced_role: npt.NDArray[np.intp]
    basic_full: Cents
    basic_paid: Cents
    rent: Cents
    rent_applied: Cents
    power: Cents
    health: Cents
    income: Cents
    granted: Cents

    def __len__(self) -> int:
        return len(self.households)

    @cached_property
    def household_ids(self) -> pa.Array:
        """Kela's number of each household."""
        return household_ids(self.households)


def make_budgets(country: Country, row: int) -> Budgets:
    """The calculations of one month."""
    applied = _apply(country, row)
    rng, households, reason, reduction = applied.rng, applied.households, applied.reason, applied.reduction
    n = len(households)
    refused = country.refused[row, households]
    no_income = country.no_income[row, households]
    known = reason != INFORMATION_MISSING
    going_on = _going_on(country, row, households)
    continued = ~refused & (reduction == 0) & (going_on > 0)
    reduction = np.where(continued, going_on, reduction)
    adults, children = country.n_adults[households], country.n_children[households]
    adult = np.where(adults == 1, ALONE, IN_COUPLE)
    full = adult * adults + CHILD * children
    by_couple = drawn(generator(country.seed, "reduced roles"), ROLES_REDUCED, len(country.kinds))[households]
    role = np.where(adults == 2, by_couple, 0)
    paid = full - adult * reduction // 100 * np.where(role == BOTH, 2, 1)
    rent = country.rent[households].copy()
    power = rng.integers(POWER[0], POWER[1], n)
    health = np.where(rng.random(n) < HEALTH_SHARE, rng.integers(HEALTH[0], HEALTH[1], n), 0)
    granted = country.granted(row)[households]
    # A refused month has more income than needs; a grant beyond the needs means a dearer dwelling.
    income = paid + rent + power + health - granted + np.where(refused, rng.integers(SURPLUS[0], SURPLUS[1], n), 0)
    rent += np.maximum(0, -income)
    return Budgets(
        row=row,
        households=households,
        refused=refused,
        no_income=no_income,
        main_income=~refused & (no_income | country.traits.mostly[households]),
        reason=reason.astype(np.int8),
        known=known,
        reduction=reduction,
        continued=continued,
        reduced_role=role,
        basic_full=full,
        basic_paid=paid,
        rent=rent,
        rent_applied=np.where(rng.random(n) < ONLY_PARTLY_ACCEPTED, np.rint(rent / 0.85).astype(np.int64), rent),
        power=power,
        health=health,
        income=np.maximum(0, income),
        granted=granted,
    )


@dataclass(frozen=True)
class _Applied:
    """Who applied in a month, why it was refused, the reductions that begin, and the random numbers that follow."""

    rng: np.random.Generator
    households: npt.NDArray[np.intp]
    reason: npt.NDArray[np.intp]
    reduction: npt.NDArray[np.int8]


def _apply(country: Country, row: int) -> _Applied:
    month = country.months[row]
    rng = generator(country.seed, f"budgets {month}")
    households = np.flatnonzero(country.received[row] | country.refused[row])
    if FIRST_MONTHS in country.traps:
        households = households[rng.random(len(households)) >= STILL_MUNICIPAL.get(month, 0.0)]
    refused = country.refused[row, households]
    reason = np.where(refused, drawn(rng, REASONS, len(households)), NO_REASON)
    unemployed = country.traits.activity[households] == UNEMPLOYED
    return _Applied(rng, households, reason, _reductions(rng, month, refused, unemployed, country.traps))


def still_municipal(country: Country, row: int) -> int:
    """Households of a month that municipalities still paid on decisions of their own."""
    there = country.received[row] | country.refused[row]
    return int(there.sum()) - len(_apply(country, row).households)


def _going_on(country: Country, row: int, households: npt.NDArray[np.intp]) -> npt.NDArray[np.int8]:
    """Per cent by which households are still reduced since the month before."""
    month = country.months[row]
    by_household = np.zeros(len(country.kinds), np.int8)
    if row > 0 and not _suspended(month, country.traps):
        before = _apply(country, row - 1)
        luck = generator(country.seed, f"continued {month}").random(len(before.households))
        by_household[before.households] = np.where(luck < CONTINUED_SHARE, before.reduction, 0)
    return by_household[households]


def _suspended(month: np.datetime64, traps: frozenset[int]) -> bool:
    return EPIDEMIC in traps and bool(NO_REDUCTIONS[0] <= month <= NO_REDUCTIONS[1])


def _reductions(
    rng: np.random.Generator, month: np.datetime64, refused: Bools, unemployed: Bools, traps: frozenset[int]
) -> npt.NDArray[np.int8]:
    """Per cent by which a basic amount is reduced from this month on."""
    luck, by = rng.random(len(refused)), rng.random(len(refused))
    chosen = unemployed & ~refused & (luck < REDUCED_SHARE / 0.5)
    if _suspended(month, traps):
        chosen &= False
    fifty = FIFTY in traps and month >= FIFTY_FROM
    steps = np.select([by < REDUCED_BY_40, fifty & (by > 1 - REDUCED_BY_50)], [40, 50], 20)
    return np.where(chosen, steps, 0).astype(np.int8)

"""Payments of basic social assistance: when a month is paid, to whom, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from random import Random

from avainvarasto.synthetic.chance import YEAR, stream
from avainvarasto.synthetic.households import World
from avainvarasto.synthetic.months import Month
from avainvarasto.synthetic.reductions import HouseholdMonth

PAYMENT_DAYS = (1, 9, 16, 23)
# What was paid on the first of January had been decided in the year before, of which nothing is delivered.
PAYMENT_DAYS_OF_JANUARY = PAYMENT_DAYS[1:]
# Applications for June that were still open when the second quarter was sent, in the second week of July.
PAYMENT_DAYS_OF_LATE_ONES = PAYMENT_DAYS[2:]
RETURN_DAY = 28
PAID_NEXT_MONTH_SHARE = 0.15
RETURN_SHARE = 0.012
RENT_TO_LANDLORD_SHARE = 0.25
BILL_TO_OTHER_SHARE = 0.03


@dataclass(frozen=True)
class Payment:
    """One payment or return of a benefit month: cents by payee, negative for a return."""

    day: date
    lines: tuple[tuple[str, int], ...]

    @property
    def is_return(self) -> bool:
        """Money that came back."""
        return self.lines[0][1] < 0


def make_payments(world: World, late: Set[HouseholdMonth], seed: int) -> Mapping[HouseholdMonth, list[Payment]]:
    """The payments of the year by household and benefit month; what is paid in the next year is not known yet."""
    rng = stream(seed, "kela payments")
    return {
        at: list(_payments_of(rng, month, late=at in late))
        for household in world.households
        for month in household.months
        for at in [(household.household_id, month.month)]
    }


def _payments_of(rng: Random, month: Month, *, late: bool) -> Iterator[Payment]:
    """The payment of a benefit month and, now and then, the return of a part of it."""
    if not month.granted_cents:
        return
    next_month = late or rng.random() < PAID_NEXT_MONTH_SHARE
    days: tuple[int, ...] = PAYMENT_DAYS
    if late:
        days = PAYMENT_DAYS_OF_LATE_ONES
    elif month.month.month == 1 and not next_month:
        days = PAYMENT_DAYS_OF_JANUARY
    paid_on = _day(month.month, 1 if next_month else 0, rng.choice(days))
    returned_on = _day(month.month, 1, RETURN_DAY)
    if paid_on is None:
        return
    yield Payment(paid_on, _lines(rng, month.granted_cents))
    if returned_on and rng.random() < RETURN_SHARE:
        yield Payment(returned_on, (("CLIENT", -round(month.granted_cents * rng.uniform(0.1, 1.0))),))


def _lines(rng: Random, cents: int) -> tuple[tuple[str, int], ...]:
    elsewhere = []
    if rng.random() < RENT_TO_LANDLORD_SHARE:
        elsewhere.append(("LANDLORD", round(cents * rng.uniform(0.3, 0.6))))
    if rng.random() < BILL_TO_OTHER_SHARE:
        elsewhere.append(("OTHER", round(cents * 0.1)))
    rest = cents - sum(amount for _, amount in elsewhere)
    return (("CLIENT", rest), *elsewhere)


def _day(month: date, later: int, day: int) -> date | None:
    """A day of the month or of the next one; None after the year."""
    return date(YEAR, month.month + later, day) if month.month + later <= 12 else None

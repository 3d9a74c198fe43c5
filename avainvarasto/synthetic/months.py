"""For which months of the year a made-up household gets basic social assistance, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from avainvarasto.synthetic.chance import YEAR, draw
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.places import another_place

# Lengths of spells; within a year some 38 % of the households get up to three months and some 24 % ten or more.
LENGTHS = {(1, 3): 0.22, (4, 9): 0.20, (10, 30): 0.58}
RETURNS_SHARE = 0.25
NO_DECEMBER_SHARE = 0.08

MOVES_SHARE = 0.03
LEAVES_SHARE = {"death": 0.003, "emigration": 0.003}

# Basic amounts of 2018 in cents: adult alone, adult of a couple, child (about: it depends on age and number).
ALONE, IN_COUPLE, CHILD = 49121, 41753, 31500
REFUSED_SHARE = 0.06
NOTHING_GRANTED_SHARE = 0.02
MASKED_SHARE = 0.001

NO_INCOME_SHARE = {"YKSIN_ASUVA": 0.16, "MUU_1H": 0.22, "LAPSETON_PARI": 0.07, "YKSINHUOLTAJA": 0.04}
NO_INCOME_SHARE_ELSE = 0.03
HAVE_INCOME = ("TYOLLINEN", "ELAKELAINEN")


@dataclass(frozen=True)
class Month:
    """One benefit month of a household."""

    month: date
    municipality: str
    granted_cents: int
    no_income: bool
    main_income: bool
    refused: bool
    masked: bool


def live_through_the_year(
    rng: Random, adults: Sequence[Person], children: Sequence[Person], kind: str, home: str
) -> list[Month]:
    """The benefit months of a household; a move changes the municipality from some month on."""
    numbers = _months_with_support(rng)
    if len(adults) == 1 and not children:
        numbers = _leave_for_good(rng, adults[0], numbers)
    moves_in = rng.randint(3, 11) if rng.random() < MOVES_SHARE else None
    new_home = another_place(rng, home)
    never_without_income = any(adult.activity in HAVE_INCOME for adult in adults)
    no_income_share = 0.0 if never_without_income else NO_INCOME_SHARE.get(kind, NO_INCOME_SHARE_ELSE)
    need = (ALONE if len(adults) == 1 else 2 * IN_COUPLE) + CHILD * len(children)
    covered = rng.uniform(0.2, 1.0)
    rent = rng.randint(0, 35000)
    months = []
    for number in numbers:
        no_income = rng.random() < no_income_share
        refused = rng.random() < REFUSED_SHARE
        granted = round(need * (1.0 if no_income else covered * rng.uniform(0.85, 1.0))) + rent
        months.append(
            Month(
                month=date(YEAR, number, 1),
                municipality=new_home if moves_in and number >= moves_in else home,
                granted_cents=0 if refused or rng.random() < NOTHING_GRANTED_SHARE else granted,
                no_income=no_income,
                main_income=no_income or rng.random() < 0.4,
                refused=refused,
                masked=rng.random() < MASKED_SHARE,
            )
        )
    return months


def _months_with_support(rng: Random) -> list[int]:
    shortest, longest = draw(rng, LENGTHS)
    length = rng.randint(shortest, longest)
    # Any start that touches the year is as likely as any other, so the year has neither a rush nor an ebb.
    start = rng.randint(2 - length, 12)
    months = [number for number in range(start, start + length) if 1 <= number <= 12]
    if months[-1] <= 9 and rng.random() < RETURNS_SHARE:
        again = months[-1] + 1 + rng.randint(1, 3)
        months += range(again, min(12, again + rng.randint(0, 3)) + 1)
    if len(months) > 1 and months[-1] == 12 and rng.random() < NO_DECEMBER_SHARE:
        months.pop()
    return months


def _leave_for_good(rng: Random, person: Person, numbers: list[int]) -> list[int]:
    way = draw(rng, LEAVES_SHARE | {"none": 1.0 - sum(LEAVES_SHARE.values())})
    if way == "none":
        return numbers
    last = date(YEAR, numbers[len(numbers) // 2], 1)
    if way == "death":
        person.death_month = last
    else:
        person.emigration_month = last
    return [number for number in numbers if number <= last.month]

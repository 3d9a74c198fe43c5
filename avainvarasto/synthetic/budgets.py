"""What a made-up grant is made of: basic amounts, costs and income, so that needs less income are the grant.

Kinds of income that Kela does not pay have codes of THL's code set 1254. Its list is not public in a form that could
be used here, so the numbers of the made-up lines are made up as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from avainvarasto.synthetic.chance import draw, stream
from avainvarasto.synthetic.households import Household, World
from avainvarasto.synthetic.months import ALONE, CHILD, IN_COUPLE, Month
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.reductions import HouseholdMonth, Reduction

# Amounts are cents. But for the child benefit of 2018 for a first child (95.75 euros a month) they are made up.
RENTS = (35000, 72000)
RENT_FOR_A_CHILD = 8000
POWER = (2500, 6500)
OWNED_SHARE = 0.03
HEALTH_SHARE, OTHER_SHARE = 0.30, 0.03
ONLY_PARTLY_ACCEPTED_SHARE = 0.15
CHILD_BENEFIT = 9575
MOST_OF_THE_RENT = 0.6
SURPLUS = (100, 40000)
REASONS = {"EI_LASKENNALLISTA_OIKEUTTA": 0.80, "TIEDOT_PUUTTUU": 0.17, "MUU": 0.03}
# The main income by activity; everybody else has wages.
WAGES = "1"
MAIN_INCOME = {
    "TYOTON": "KELA_TYOTTOMYYS",
    "OPISKELIJA": "KELA_OPINTOTUKI",
    "ELAKELAINEN": "KELA_ELAKE",
    "MUU": "KELA_SAIRAUS",
}


@dataclass(frozen=True)
class Expense:
    """One kind of expense of a month."""

    code: str
    applied: int
    accepted: int


@dataclass(frozen=True)
class Income:
    """One kind of income of a person in a month."""

    person: Person
    code: str
    cents: int


@dataclass(frozen=True)
class Budget:
    """The calculation for a month in cents. Where information never came, nothing is known of costs and income."""

    basic_full: int
    basic_paid: int
    reject_reason: str | None = None
    known: bool = True
    expenses: list[Expense] = field(default_factory=list)
    incomes: list[Income] = field(default_factory=list)

    @property
    def housing(self) -> int:
        """Accepted costs of housing."""
        return sum(expense.accepted for expense in self.expenses if expense.code in HOUSING)

    @property
    def other(self) -> int:
        """Other accepted costs."""
        return sum(expense.accepted for expense in self.expenses if expense.code not in HOUSING)

    @property
    def income(self) -> int:
        """Income of all members."""
        return sum(income.cents for income in self.incomes)


HOUSING = ("VUOKRA", "VASTIKE", "SAHKO")


def make_budgets(
    world: World, reductions: Mapping[HouseholdMonth, Reduction], seed: int
) -> Mapping[HouseholdMonth, Budget]:
    """The budget of each household month."""
    rng = stream(seed, "budgets")
    return dict(entry for household in world.households for entry in _of_household(rng, household, reductions))


def _of_household(
    rng: Random, household: Household, reductions: Mapping[HouseholdMonth, Reduction]
) -> Iterator[tuple[HouseholdMonth, Budget]]:
    dwelling = "VASTIKE" if rng.random() < OWNED_SHARE else "VUOKRA"
    rent = rng.randint(*RENTS) + RENT_FOR_A_CHILD * len(household.children)
    adult = ALONE if household.spouse is None else IN_COUPLE
    full = adult * len(household.adults) + CHILD * len(household.children)
    for month in household.months:
        at = (household.household_id, month.month)
        paid = full - _cut(reductions.get(at), adult)
        reason = None
        if month.refused:
            reason = "TIEDOT_PUUTTUU" if month.no_income else draw(rng, REASONS)
        if reason == "TIEDOT_PUUTTUU" or not (month.granted_cents or month.refused):
            yield at, Budget(full, paid, reason, known=False)
            continue
        expenses = list(_expenses(rng, dwelling, rent))
        needs = paid + sum(expense.accepted for expense in expenses)
        # A refused month has more income than needs; a grant beyond the needs means a dearer dwelling.
        income = needs + rng.randint(*SURPLUS) if month.refused else needs - month.granted_cents
        if income < 0:
            first = expenses[0]
            expenses[0] = Expense(first.code, first.applied - income, first.accepted - income)
            income = 0
        yield at, Budget(full, paid, reason, expenses=expenses, incomes=list(_incomes(rng, household, month, income)))


def _cut(reduction: Reduction | None, adult: int) -> int:
    if reduction is None:
        return 0
    return adult * reduction.per_cent * (2 if reduction.role == "MOLEMMAT" else 1) // 100


def _expenses(rng: Random, dwelling: str, rent: int) -> Iterator[Expense]:
    applied = round(rent / 0.85) if rng.random() < ONLY_PARTLY_ACCEPTED_SHARE else rent
    yield Expense(dwelling, applied, rent)
    power = rng.randint(*POWER)
    yield Expense("SAHKO", power, power)
    if rng.random() < HEALTH_SHARE:
        cents = rng.randint(500, 7000)
        yield Expense(rng.choice(("TERVEYDENHUOLTO", "LAAKKEET")), cents, cents)
    if rng.random() < OTHER_SHARE:
        yield Expense("MUU", rng.randint(2000, 9000), 0)


def _incomes(rng: Random, household: Household, month: Month, total: int) -> Iterator[Income]:
    """Shares out a total; without income there are housing allowance and child benefit only."""
    applicant = household.applicant
    child_benefit = min(total, CHILD_BENEFIT * len(household.children))
    rest = total - child_benefit
    allowance = rest if month.no_income else round(rest * rng.uniform(0.0, MOST_OF_THE_RENT))
    mains = {applicant.code: rest - allowance}
    if household.spouse and rng.random() < 0.5:
        mains = {
            applicant.code: (rest - allowance) // 2,
            household.spouse.code: rest - allowance - (rest - allowance) // 2,
        }
    kinds = [Income(applicant, "KELA_LAPSILISA", child_benefit), Income(applicant, "KELA_ASUMISTUKI", allowance)]
    kinds += [
        Income(adult, MAIN_INCOME.get(adult.activity or "", WAGES), mains[adult.code])
        for adult in household.adults
        if adult.code in mains
    ]
    yield from (income for income in kinds if income.cents > 0)

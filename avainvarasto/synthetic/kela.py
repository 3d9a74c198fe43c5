"""Kela's register of basic social assistance: household months, person months, payments and persons."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import date
from decimal import Decimal
from random import Random

from avainvarasto.synthetic.chance import YEAR, stream
from avainvarasto.synthetic.households import Household, World
from avainvarasto.synthetic.months import Month
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.places import MASKED
from avainvarasto.synthetic.writer import Row, Value

CORRECTED_MONTH = date(YEAR, 6, 1)
OPEN_IN_FIRST_DELIVERY = 25
WRONG_IN_FIRST_DELIVERY = 15

PAYMENT_DAYS = (1, 9, 16, 23)
RETURN_DAY = 28
PAID_NEXT_MONTH_SHARE = 0.15
RETURN_SHARE = 0.012
RENT_TO_LANDLORD_SHARE = 0.25
BILL_TO_OTHER_SHARE = 0.03
LONGEST_DECISION = 3


class KelaRegister:
    """The rows of Kela's extracts.

    June is delivered twice: when the second quarter was sent, some applications for June were still open and some
    amounts were wrong; the correction has them all.
    """

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._seed = seed
        rng = stream(seed, "kela corrections")
        june = [household for household in world.households if _granted_in(household, CORRECTED_MONTH)]
        chosen = rng.sample(june, OPEN_IN_FIRST_DELIVERY + WRONG_IN_FIRST_DELIVERY)
        self.open_in_june = {household.household_id for household in chosen[:OPEN_IN_FIRST_DELIVERY]}
        self.wrong_in_june = {household.household_id for household in chosen[OPEN_IN_FIRST_DELIVERY:]}

    def household_months(self, first: date, last: date, *, corrected: bool) -> Iterator[Row]:
        """Household months of a period, before or after the correction of June."""
        for household, month in self._months(first, last, corrected=corrected):
            granted = month.granted_cents
            if not corrected and month.month == CORRECTED_MONTH and household.household_id in self.wrong_in_june:
                granted += 10000
            yield {
                "household_id": household.household_id,
                "month": month.month,
                "municipality_code": MASKED if month.masked else month.municipality,
                "household_type": household.kind,
                "n_adults": len(household.adults),
                "n_children": len(household.children),
                "granted_eur": _euros(granted),
                "has_no_income": month.no_income,
                "main_income_flag": month.main_income,
                "rejected": month.refused,
            }

    def person_months(self, first: date, last: date, *, corrected: bool) -> Iterator[Row]:
        """Members of the households in the months of a period."""
        for household, month in self._months(first, last, corrected=corrected):
            roles = [("HAKIJA", household.applicant)]
            roles += [("PUOLISO", household.spouse)] if household.spouse else []
            roles += [("LAPSI", child) for child in household.children]
            for role, person in roles:
                yield {
                    "person_id": person.code,
                    "household_id": household.household_id,
                    "month": month.month,
                    "role": role,
                    "activity_code": person.activity,
                    "on_unemployment_benefit": person.activity == "TYOTON" and not month.no_income,
                }

    def payments(self) -> list[Row]:
        """All payment lines of the year; what is paid in the next year is not known yet."""
        rng = stream(self._seed, "kela payments")
        rows: list[Row] = []
        n_payments = n_decisions = 0
        for household in self._world.households:
            months_decided = 0
            for month in household.months:
                if months_decided == 0:
                    n_decisions += 1
                    months_decided = rng.randint(1, LONGEST_DECISION)
                months_decided -= 1
                late = household.household_id in self.open_in_june and month.month == CORRECTED_MONTH
                for lines in _payments_of(rng, month, late=late):
                    n_payments += 1
                    shared: dict[str, Value] = {
                        "payment_id": f"M{n_payments:07d}",
                        "decision_id": f"P{n_decisions:07d}",
                        "household_id": household.household_id,
                        "benefit_month": month.month,
                    }
                    rows += [shared | {"line": number} | line for number, line in enumerate(lines, 1)]
        return rows

    def persons(self, canaries: Set[str]) -> Iterator[Row]:
        """All persons; in the name field of some, clerks have kept address and telephone number as well."""
        for person in self._world.persons:
            yield {
                "person_id": person.code,
                "name": _with_contact_details(person) if person.code in canaries else person.name,
                "birth_year": person.birth.year,
                "sex": person.sex,
                "mother_tongue": person.mother_tongue,
                "citizenship_group": person.citizenship,
                "death_month": person.death_month,
                "emigration_month": person.emigration_month,
                "protected": person.protected,
            }

    def _months(self, first: date, last: date, *, corrected: bool) -> Iterator[tuple[Household, Month]]:
        for household in self._world.households:
            for month in household.months:
                if not first <= month.month <= last:
                    continue
                if not corrected and month.month == CORRECTED_MONTH and household.household_id in self.open_in_june:
                    continue
                yield household, month


def _payments_of(rng: Random, month: Month, *, late: bool) -> Iterator[list[dict[str, Value]]]:
    """The payment of a benefit month and, now and then, the return of a part of it."""
    if not month.granted_cents:
        return
    next_month = late or rng.random() < PAID_NEXT_MONTH_SHARE
    paid_on = _day(month.month, 1 if next_month else 0, rng.choice(PAYMENT_DAYS))
    returned_on = _day(month.month, 1, RETURN_DAY)
    if paid_on is None:
        return
    yield _payment_lines(rng, month.granted_cents, paid_on)
    if returned_on and rng.random() < RETURN_SHARE:
        yield [_line(returned_on, -round(month.granted_cents * rng.uniform(0.1, 1.0)), "CLIENT")]


def _payment_lines(rng: Random, cents: int, paid_on: date) -> list[dict[str, Value]]:
    elsewhere = []
    if rng.random() < RENT_TO_LANDLORD_SHARE:
        elsewhere.append(("LANDLORD", round(cents * rng.uniform(0.3, 0.6))))
    if rng.random() < BILL_TO_OTHER_SHARE:
        elsewhere.append(("OTHER", round(cents * 0.1)))
    rest = cents - sum(amount for _, amount in elsewhere)
    return [_line(paid_on, amount, payee) for payee, amount in [("CLIENT", rest), *elsewhere]]


def _line(day: date, cents: int, payee: str) -> dict[str, Value]:
    return {"payment_date": day, "amount_eur": _euros(cents), "is_return": cents < 0, "payee": payee}


def _day(month: date, later: int, day: int) -> date | None:
    """A day of the month or of the next one; None after the year."""
    return date(YEAR, month.month + later, day) if month.month + later <= 12 else None


def _granted_in(household: Household, month: date) -> bool:
    return any(other.month == month and other.granted_cents for other in household.months)


def _with_contact_details(person: Person) -> str:
    return f"{person.name}, {person.address}, puh. {person.phone}"


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)

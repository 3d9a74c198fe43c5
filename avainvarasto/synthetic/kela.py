"""Kela's register of basic social assistance: the rows of its extracts."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence, Set
from datetime import date

from avainvarasto.synthetic.budgets import make_budgets
from avainvarasto.synthetic.chance import YEAR, stream
from avainvarasto.synthetic.decisions import Decision, make_decisions
from avainvarasto.synthetic.households import Household, World
from avainvarasto.synthetic.months import Month
from avainvarasto.synthetic.notices import Notice
from avainvarasto.synthetic.payments import make_payments
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.places import MASKED
from avainvarasto.synthetic.reductions import make_reductions
from avainvarasto.synthetic.writer import Row, euros

CORRECTED_MONTH = date(YEAR, 6, 1)
OPEN_IN_FIRST_DELIVERY = 25
WRONG_IN_FIRST_DELIVERY = 15
WRONG_CENTS = 10000


class KelaRegister:
    """The rows of Kela's extracts.

    June is delivered twice: when the second quarter was sent, some applications for June were still open and some
    amounts were wrong; the correction has them all.
    """

    def __init__(self, world: World, notices: Sequence[Notice], seed: int) -> None:
        self._world = world
        rng = stream(seed, "kela corrections")
        june = [household for household in world.households if _granted_in(household, CORRECTED_MONTH)]
        chosen = rng.sample(june, OPEN_IN_FIRST_DELIVERY + WRONG_IN_FIRST_DELIVERY)
        self.open_in_june = {household.household_id for household in chosen[:OPEN_IN_FIRST_DELIVERY]}
        self.wrong_in_june = {household.household_id for household in chosen[OPEN_IN_FIRST_DELIVERY:]}
        late = {(household_id, CORRECTED_MONTH) for household_id in self.open_in_june}
        reductions = make_reductions(world, notices, seed)
        self._budgets = make_budgets(world, reductions, seed)
        self._payments = make_payments(world, late, seed)
        self._decisions = make_decisions(world, self._budgets, self._payments, reductions, late, seed)

    def household_months(self, first: date, last: date, *, corrected: bool) -> Iterator[Row]:
        """Household months of a period, before or after the correction of June."""
        for household, month in self._months(first, last, corrected=corrected):
            budget = self._budgets[household.household_id, month.month]
            wrong = self._wrong_cents(household, month, corrected=corrected)
            yield {
                "household_id": household.household_id,
                "month": month.month,
                "municipality_code": MASKED if month.masked else month.municipality,
                "household_type": household.kind,
                "n_adults": len(household.adults),
                "n_children": len(household.children),
                "n_persons": len(household.adults) + len(household.children),
                "basic_part_full_eur": euros(budget.basic_full),
                "basic_part_paid_eur": euros(budget.basic_paid),
                "housing_cost_eur": euros(budget.housing + wrong) if budget.known else None,
                "other_cost_eur": euros(budget.other) if budget.known else None,
                "income_total_eur": euros(budget.income) if budget.known else None,
                "granted_eur": euros(month.granted_cents + wrong),
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

    def income_lines(self, first: date, last: date, *, corrected: bool) -> Iterator[Row]:
        """Income of the members in the months of a period."""
        for household, month in self._months(first, last, corrected=corrected):
            for income in self._budgets[household.household_id, month.month].incomes:
                yield {
                    "household_id": household.household_id,
                    "month": month.month,
                    "person_id": income.person.code,
                    "income_code": income.code,
                    "seq": 1,
                    "income_source": "KELA" if income.code.startswith("KELA_") else "MUU",
                    "amount_eur": euros(income.cents),
                }

    def expense_lines(self, first: date, last: date, *, corrected: bool) -> Iterator[Row]:
        """Expenses in the months of a period; what is wrong before the correction is the first one, the dwelling."""
        for household, month in self._months(first, last, corrected=corrected):
            wrong = self._wrong_cents(household, month, corrected=corrected)
            for number, expense in enumerate(self._budgets[household.household_id, month.month].expenses):
                yield {
                    "household_id": household.household_id,
                    "month": month.month,
                    "expense_code": expense.code,
                    "seq": 1,
                    "applied_eur": euros(expense.applied + (0 if number else wrong)),
                    "accepted_eur": euros(expense.accepted + (0 if number else wrong)),
                }

    def decisions(self) -> list[Row]:
        """All decisions of the year."""
        return [_decision_row(decision) for decision in self._decisions.all]

    def payments(self) -> list[Row]:
        """All payment lines of the year; a return carries out the decision to recover."""
        rows: list[Row] = []
        n_payments = 0
        for at, payments in self._payments.items():
            for payment in payments:
                n_payments += 1
                decision = (self._decisions.recovering if payment.is_return else self._decisions.granting)[at]
                rows += [
                    {
                        "payment_id": f"M{n_payments:07d}",
                        "line": line,
                        "decision_id": _decision_id(decision.number),
                        "household_id": at[0],
                        "benefit_month": at[1],
                        "payment_date": payment.day,
                        "amount_eur": euros(cents),
                        "is_return": payment.is_return,
                        "payee": payee,
                    }
                    for line, (payee, cents) in enumerate(payment.lines, 1)
                ]
        return rows

    def coverage(self, first: date, last: date, *, corrected: bool) -> Iterator[Row]:
        """Months and municipalities of a period; June lacks decisions before its correction."""
        places = sorted({month.municipality for household in self._world.households for month in household.months})
        for number in range(first.month, last.month + 1):
            month = date(YEAR, number, 1)
            lacking = month == CORRECTED_MONTH and not corrected
            for place in places:
                yield {
                    "month": month,
                    "municipality_code": place,
                    "complete": not lacking,
                    "note": "VAJAA" if lacking else None,
                }

    def households(self) -> Iterator[Row]:
        """All households that ever applied."""
        for household in self._world.households:
            if household.months:
                yield {
                    "household_id": household.household_id,
                    "applicant_id": household.applicant.code,
                    "spouse_id": household.spouse.code if household.spouse else None,
                    "first_month": household.months[0].month,
                    "last_month": household.months[-1].month,
                }

    def persons(self, canaries: Set[str]) -> Iterator[Row]:
        """All persons; in the name field of some, clerks have kept address and telephone number as well."""
        first = self._first_months()
        for person in self._world.persons:
            yield {
                "person_id": person.code,
                "name": _with_contact_details(person) if person.code in canaries else person.name,
                "birth_year": person.birth.year,
                "sex": person.sex,
                "mother_tongue": person.mother_tongue,
                "citizenship_group": person.citizenship,
                "first_benefit_month": first.get(person.code),
                "death_month": person.death_month,
                "emigration_month": person.emigration_month,
                "protected": person.protected,
            }

    def _first_months(self) -> dict[str, date]:
        first: dict[str, date] = {}
        for household in self._world.households:
            for person in [*household.adults, *household.children] if household.months else []:
                began = household.months[0].month
                first[person.code] = min(began, first.get(person.code, began))
        return first

    def _wrong_cents(self, household: Household, month: Month, *, corrected: bool) -> int:
        """How much too much is granted for a dwelling before the correction of June."""
        wrong = month.month == CORRECTED_MONTH and household.household_id in self.wrong_in_june
        return WRONG_CENTS if wrong and not corrected else 0

    def _months(self, first: date, last: date, *, corrected: bool) -> Iterator[tuple[Household, Month]]:
        for household in self._world.households:
            for month in household.months:
                if not first <= month.month <= last:
                    continue
                if not corrected and month.month == CORRECTED_MONTH and household.household_id in self.open_in_june:
                    continue
                yield household, month


def _decision_row(decision: Decision) -> Row:
    reduction = decision.reduction
    last = decision.months[-1].month
    return {
        "decision_id": _decision_id(decision.number),
        "application_id": f"H{decision.application:07d}",
        "household_id": decision.household.household_id,
        "application_date": decision.applied,
        "channel": decision.channel,
        "urgent": decision.urgent,
        "additional_info_requested_date": decision.asked,
        "additional_info_deadline": decision.deadline,
        "complete_date": decision.complete,
        "decision_date": decision.decided,
        "result": decision.result,
        "reject_reason": decision.reject_reason,
        "valid_from": decision.months[0].month,
        "valid_to": last.replace(day=monthrange(last.year, last.month)[1]),
        "reduction_pct": str(reduction.per_cent) if reduction else "0",
        "reduction_reason": reduction.reason if reduction else None,
        "reduction_months": len(decision.months) if reduction else 0,
        "reduced_role": reduction.role if reduction else None,
        "assessment_booked": reduction.assessment_booked if reduction else None,
        "granted_eur": euros(decision.granted_cents),
        "corrected_decision_id": _decision_id(decision.corrected) if decision.corrected else None,
    }


def _decision_id(number: int) -> str:
    return f"P{number:07d}"


def _granted_in(household: Household, month: date) -> bool:
    return any(other.month == month and other.granted_cents for other in household.months)


def _with_contact_details(person: Person) -> str:
    return f"{person.name}, {person.address}, puh. {person.phone}"

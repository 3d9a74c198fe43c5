"""Kela's decisions behind the made-up household months: one to three months each, decided before they are paid.

Dates are reckoned backwards from the decision, so that the clocks of the law can be read from them: urgent cases, a
request for further information, completion, a deadline that passed. Shares are about those that THL reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from avainvarasto.synthetic.budgets import Budget
from avainvarasto.synthetic.chance import YEAR, draw, stream
from avainvarasto.synthetic.households import Household, World
from avainvarasto.synthetic.months import Month
from avainvarasto.synthetic.payments import Payment
from avainvarasto.synthetic.reductions import HouseholdMonth, Reduction

LONGEST = 3
CHANNELS = {"OWEBB": 0.66, "PAPER": 0.19, "PHONE": 0.05, "OFFICE": 0.09, "KUNTA": 0.01}
URGENT_SHARE = 0.05
ASKED_SHARE = 0.24
LATE_SHARE = 0.06
ASKED_LATE_SHARE = 0.03
ANSWER_TIME = timedelta(days=14)
CORRECTED_SHARE = 0.015
FIRST_DAY = date(YEAR, 1, 2)


@dataclass(frozen=True)
class Decision:
    """One decision; `months` are those that it is for. Ids are numbers in the order of deciding."""

    household: Household
    months: tuple[Month, ...]
    applied: date
    channel: str
    urgent: bool
    asked: date | None
    deadline: date | None
    complete: date | None
    decided: date
    result: str
    reject_reason: str | None = None
    reduction: Reduction | None = None
    corrects_the_one_before: bool = False
    # Filled in when all are there: numbers of the decision, of its application, and of the decision that it corrects.
    number: int = 0
    application: int = 0
    corrected: int | None = None

    @property
    def granted_cents(self) -> int:
        """Granted for all of its months."""
        return sum(month.granted_cents for month in self.months) if self.result == "MYONTO" else 0


@dataclass(frozen=True)
class Decisions:
    """All decisions of the year by day, and by household month the one that grants it and the one that recovers it."""

    all: list[Decision]
    granting: Mapping[HouseholdMonth, Decision]
    recovering: Mapping[HouseholdMonth, Decision]


def make_decisions(
    world: World,
    budgets: Mapping[HouseholdMonth, Budget],
    payments: Mapping[HouseholdMonth, list[Payment]],
    reductions: Mapping[HouseholdMonth, Reduction],
    late: Set[HouseholdMonth],
    seed: int,
) -> Decisions:
    """The decisions on all household months; what is decided in the next year is not known yet."""
    rng = stream(seed, "kela decisions")
    made: list[Decision] = []
    for household in world.households:
        for months in _decided_together(rng, household, budgets, reductions, late):
            for decision in _of_months(rng, household, months, budgets, payments, reductions, late):
                made.append(_numbered(decision, made))
    made.sort(key=lambda decision: (decision.decided, decision.number))
    granting: dict[HouseholdMonth, Decision] = {}
    recovering: dict[HouseholdMonth, Decision] = {}
    for decision in made:
        into = {"MYONTO": granting, "TAKAISINPERINTA": recovering}.get(decision.result, {})
        into.update({(decision.household.household_id, month.month): decision for month in decision.months})
    return Decisions(made, granting, recovering)


def _numbered(decision: Decision, made: list[Decision]) -> Decision:
    """A correction and a recovery go on with the application of the decision before them."""
    number = len(made) + 1
    goes_on = decision.corrects_the_one_before or decision.result == "TAKAISINPERINTA"
    return replace(
        decision,
        number=number,
        application=made[-1].application if goes_on else number,
        corrected=made[-1].number if decision.corrects_the_one_before else None,
    )


def _decided_together(
    rng: Random,
    household: Household,
    budgets: Mapping[HouseholdMonth, Budget],
    reductions: Mapping[HouseholdMonth, Reduction],
    late: Set[HouseholdMonth],
) -> Iterator[tuple[Month, ...]]:
    """Months without a gap, of one outcome and one reduction, one to three at a time."""
    group: list[Month] = []
    longest = rng.randint(1, LONGEST)
    for month in household.months:
        at = (household.household_id, month.month)
        if group:
            before = (household.household_id, group[-1].month)
            same = (
                month.month.month == group[-1].month.month + 1
                and bool(month.granted_cents) == bool(group[-1].granted_cents)
                and budgets[at].reject_reason == budgets[before].reject_reason
                and reductions.get(at) is reductions.get(before)
                and not late & {at, before}
            )
            if not same or len(group) == longest:
                yield tuple(group)
                group, longest = [], rng.randint(1, LONGEST)
        group.append(month)
    if group:
        yield tuple(group)


def _of_months(
    rng: Random,
    household: Household,
    months: tuple[Month, ...],
    budgets: Mapping[HouseholdMonth, Budget],
    payments: Mapping[HouseholdMonth, list[Payment]],
    reductions: Mapping[HouseholdMonth, Reduction],
    late: Set[HouseholdMonth],
) -> Iterator[Decision]:
    """The decision and, now and then, the refusal that it corrects before it, or the recovery of a month after it."""
    at = (household.household_id, months[0].month)
    paid = [payment for month in months for payment in payments[household.household_id, month.month]]
    reason = budgets[at].reject_reason
    if months[0].granted_cents:
        if not paid:
            return
        decided = _back(min(payment.day for payment in paid), rng.randint(1, 3))
        result = "MYONTO"
    else:
        decided = _back(months[0].month.replace(day=rng.randint(5, 25)), 0)
        result = "HYLKAYS" if reason else "RAUKEAMINEN"
    decision = _with_clocks(
        rng,
        Decision(
            household=household,
            months=months,
            applied=decided,
            channel=draw(rng, CHANNELS),
            urgent=rng.random() < URGENT_SHARE,
            asked=None,
            deadline=None,
            complete=None,
            decided=decided,
            result=result,
            reject_reason=reason,
            reduction=reductions.get(at),
        ),
        never_complete=reason == "TIEDOT_PUUTTUU" or result == "RAUKEAMINEN",
    )
    if result == "MYONTO" and at not in late and not decision.urgent and rng.random() < CORRECTED_SHARE:
        refusal = _corrected(rng, decision)
        if refusal.decided >= FIRST_DAY:
            yield refusal
            decision = replace(
                decision,
                applied=refusal.applied,
                channel=refusal.channel,
                asked=refusal.asked,
                deadline=refusal.deadline,
                complete=max(refusal.decided, _back(decided, rng.randint(1, 5))),
                corrects_the_one_before=True,
            )
    yield decision
    for month in months:
        for payment in payments[household.household_id, month.month]:
            if payment.is_return:
                yield replace(
                    decision, months=(month,), urgent=False, asked=None, deadline=None, complete=None,
                    decided=_back(payment.day, rng.randint(4, 7)), result="TAKAISINPERINTA", reduction=None,
                    corrects_the_one_before=False,
                )  # fmt: skip


def _with_clocks(rng: Random, decision: Decision, *, never_complete: bool) -> Decision:
    """The dates before the decision: 6 % of the clocks run longer than they may."""
    within_limit = rng.randint(8, 15) if rng.random() < LATE_SHARE else rng.randint(1, 7)
    if never_complete:
        deadline = _back(decision.decided, within_limit)
        asked = _back(deadline - ANSWER_TIME, 0)
        applied = _asked_after(rng, asked)
        return replace(decision, urgent=False, applied=applied, asked=asked, deadline=deadline, complete=None)
    if decision.urgent:
        applied = _back(decision.decided, 3 if rng.random() < LATE_SHARE else rng.randint(0, 1))
        return replace(decision, applied=applied, complete=applied)
    complete = _back(decision.decided, within_limit)
    if rng.random() >= ASKED_SHARE:
        return replace(decision, applied=complete, complete=complete)
    asked = _back(complete, rng.randint(2, 9))
    return replace(
        decision, applied=_asked_after(rng, asked), asked=asked, deadline=asked + ANSWER_TIME, complete=complete
    )


def _corrected(rng: Random, decision: Decision) -> Decision:
    """The refusal for want of information that the decision corrects when the information came after all."""
    earlier = replace(
        decision, decided=_back(decision.decided, rng.randint(5, 15)), result="HYLKAYS", reduction=None,
        reject_reason="TIEDOT_PUUTTUU",
    )  # fmt: skip
    return _with_clocks(rng, earlier, never_complete=True)


def _asked_after(rng: Random, asked: date) -> date:
    return _back(asked, rng.randint(8, 12) if rng.random() < ASKED_LATE_SHARE else rng.randint(0, 6))


def _back(day: date, weekdays: int) -> date:
    """The weekday so many weekdays before a day; the Friday before where the day itself is none."""
    while day.weekday() > 4:
        day -= timedelta(days=1)
    for _ in range(weekdays):
        day -= timedelta(days=3 if day.weekday() == 0 else 1)
    return day

"""Reduced basic amounts: behind each of Kela's notifications of a reduction stands one, of a month with a grant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from avainvarasto.synthetic.chance import YEAR, draw, stream
from avainvarasto.synthetic.households import Household, World
from avainvarasto.synthetic.notices import Notice

HouseholdMonth = tuple[str, date]

STEPS = {20: 0.78, 40: 0.22}
REASONS = {"TYO": 0.15, "TYOVOIMAPALVELU": 0.55, "AKTIVOINTISUUNNITELMA": 0.25, "KOTOUTUMISSUUNNITELMA": 0.05}
BOOKED_SHARE = 0.3
SECOND_MONTH_SHARE = 0.5


@dataclass(eq=False)
class Reduction:
    """One reduction; the same object stands at each of its months. Mutable: a spouse may be added."""

    role: str
    per_cent: int
    reason: str
    assessment_booked: bool


def make_reductions(world: World, notices: Sequence[Notice], seed: int) -> Mapping[HouseholdMonth, Reduction]:
    """Reductions by household and month, at most two months each."""
    rng = stream(seed, "reductions")
    granted = _granted_months(world)
    found: dict[HouseholdMonth, Reduction] = {}
    for notice in notices:
        if notice.kind != "ALENNETTU_PERUSOSA":
            continue
        month = date(YEAR, notice.sent.month, 1)
        household = granted.get((notice.person.code, month))
        if household is None:
            continue
        role = "HAKIJA" if household.applicant is notice.person else "PUOLISO"
        at = (household.household_id, month)
        if at in found:
            if found[at].role != role:
                found[at].role = "MOLEMMAT"
            continue
        reduction = Reduction(role, draw(rng, STEPS), draw(rng, REASONS), rng.random() < BOOKED_SHARE)
        found[at] = reduction
        if month.month < 12 and rng.random() < SECOND_MONTH_SHARE:
            following = month.replace(month=month.month + 1)
            if granted.get((notice.person.code, following)) is household:
                found.setdefault((household.household_id, following), reduction)
    return found


def _granted_months(world: World) -> dict[tuple[str, date], Household]:
    return {
        (person.code, month.month): household
        for household in world.households
        for month in household.months
        if month.granted_cents
        for person in household.adults
    }

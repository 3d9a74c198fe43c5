"""What Kela decides on a benefit month and when: the four clocks of the law, corrections, recoveries.

A month is decided on in its own weekdays up to the 26th, or five weeks later where the decision is late data.
Belongs here: decisions as arrays. Does not: the tables that are delivered (`sources.kela_decisions`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.budgets import INFORMATION_MISSING, NO_REASON, STILL_MUNICIPAL, Budgets
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.lateness import DAYS_LATE, is_late
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traits import UNEMPLOYED
from avainvarasto.synthetic.country.traps import CORRECTIONS, LONG_DECISIONS, RETURNS

RESULTS = GRANTED, REFUSED, RECOVERED = "MYONTO", "HYLKAYS", "TAKAISINPERINTA"
# Last digit of the number: the refusal that is corrected, the decision on the month, the recovery.
BEFORE, ON_THE_MONTH, RECOVERY = 0, 1, 9
NO_RIGHT = 0
CHANNELS = {"OWEBB": 0.62, "PAPER": 0.25, "OFFICE": 0.06, "KUNTA": 0.05, "PHONE": 0.02}
REDUCTION_REASONS = ("TYO", "TYOVOIMAPALVELU", "AKTIVOINTISUUNNITELMA", "KOTOUTUMISSUUNNITELMA")
REASONS_OF_50 = ("ENSISIJAINEN_ETUUS", "TYONHAKU")
URGENT = 0.06
# So that of all applications 23.9 per cent are asked for information, 3.2 per cent of these too late, and 5.9 per cent
# are decided on too late, as in April 2024 (THL, Toimeentulotuen käsittelyajat): who never answers was asked, and a
# paper that waits is late now and then by itself.
ASKED, ASKED_LATE, LATE = 0.227, 0.032, 0.047
# Calendar days: within seven working days, and beyond them.
SOON, TOO_LATE = (0, 8), (12, 25)
ASKED_SOON, ASKED_TOO_LATE = (0, 7), (12, 19)
URGENT_TOO_LATE = (4, 8)
CORRECTED, TO_BE_PAID_BACK, BOOKED = 0.012, 0.012, 0.3
# From 2024 on 40 per cent are not used where an assessment is booked.
NOT_40_WHERE_BOOKED_FROM = np.datetime64("2024-01", "M")
LAST_DAY_OF_DECISIONS, DAY_OF_RECOVERY = 26, 27
# Of households of which no month is looked at by itself, in every second month.
TWO_MONTHS = 0.80
NOTHING = np.datetime64("NaT", "D")
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Decided:
    """One entry a decision on applications for a benefit month, or a recovery of what was granted for it.

    `of` is the position in the month's calculations, `digit` the last one of the number, `result` a position in
    `RESULTS`, `channel` in `CHANNELS`, `reason` in `budgets.REASONS`, `reduced_for` in the reasons of a reduction
    (-1: none). `corrects` says that the refusal of the same calculation is corrected.
    """

    of: npt.NDArray[np.intp]
    digit: npt.NDArray[np.int8]
    channel: npt.NDArray[np.intp]
    urgent: Bools
    applied: Days
    asked: Days
    deadline: Days
    complete: Days
    day: Days
    result: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
    last_day: Days
    reduction: npt.NDArray[np.int8]
    reduced_for: npt.NDArray[np.int8]
    booked: Bools
    granted: npt.NDArray[np.int64]
    corrects: Bools

    def __len__(self) -> int:
        return len(self.of)


@dataclass(frozen=True)
class OnAMonth:
    """The decisions on a month; by calculation whether the decision of the month before covers it, and the day."""

    decisions: Decided
    goes_on: Bools
    day: Days


def decide(country: Country, budgets: Budgets) -> OnAMonth:
    """All decisions on one benefit month. A household whose decision of the month before covers it gets none."""
    month, n, at = country.months[budgets.row], len(budgets), budgets.households
    rng = generator(country.seed, f"decisions {month}")
    starts, goes_on = covers_two(country, budgets.row)[at], covers_two(country, budgets.row - 1)[at]
    late = is_late(country, budgets.row)[at]
    weekdays = _weekdays(month)
    day = weekdays[rng.integers(0, len(weekdays), n)]
    channel = drawn(rng, CHANNELS, n)
    waits = np.array([country.truth.days_by_channel.get(name, 0) for name in CHANNELS])[channel]
    applied, asked, deadline, complete, urgent = _clocks(rng, budgets, day, waits)
    later = (day - month.astype("datetime64[D]")).astype(int) >= 8
    single = ~budgets.refused & ~starts & ~goes_on
    corrected = single & later & (budgets.reduction == 0) & (rng.random(n) < CORRECTED)
    corrected &= CORRECTIONS in country.traps
    # The corrected one was a refusal a week before; nothing had been asked for.
    before = day - 7
    applied = np.where(corrected, before - 3, applied)
    asked, deadline = (np.where(corrected, NOTHING, days) for days in (asked, deadline))
    complete = np.where(corrected, applied, complete)
    urgent &= ~corrected
    shift = np.where(late, DAYS_LATE, 0).astype("timedelta64[D]")
    applied, asked, deadline, complete, day, before = (
        days + shift for days in (applied, asked, deadline, complete, day, before)
    )
    recovered = single & ~late & (rng.random(n) < TO_BE_PAID_BACK)
    recovered &= RETURNS in country.traps
    fifty = len(REDUCTION_REASONS) + rng.integers(0, len(REASONS_OF_50), n)
    reason = np.where(budgets.reduction == 50, fifty, rng.integers(0, len(REDUCTION_REASONS), n))
    booked = (budgets.reduction > 0) & (rng.random(n) < BOOKED)
    if month >= NOT_40_WHERE_BOOKED_FROM:
        booked &= budgets.reduction != 40
    asked_back = np.full(n, month.astype("datetime64[D]") + DAY_OF_RECOVERY - 1)
    nothing = np.full(n, NOTHING)
    parts = [np.flatnonzero(chosen) for chosen in (~goes_on, corrected, recovered)]
    zeros, no_reason = np.zeros(n, np.int64), np.full(n, NO_REASON, np.int8)

    def taken(on_the_month: npt.NDArray[np.generic], refused: object = None, recovery: object = None) -> np.ndarray:
        """Of each part what it says, which is the decision's own word where nothing else is given."""
        columns = (on_the_month, *(on_the_month if one is None else one for one in (refused, recovery)))
        return np.concatenate([np.asarray(column)[part] for column, part in zip(columns, parts, strict=True)])

    decisions = Decided(
        of=np.concatenate(parts),
        digit=np.repeat(np.array([ON_THE_MONTH, BEFORE, RECOVERY], np.int8), [len(part) for part in parts]),
        channel=taken(channel),
        urgent=taken(urgent, recovery=np.zeros(n, bool)),
        applied=taken(applied, recovery=asked_back - 5),
        asked=taken(asked, recovery=nothing),
        deadline=taken(deadline, recovery=nothing),
        complete=taken(complete, recovery=asked_back - 5),
        day=taken(day, before, asked_back),
        result=taken(budgets.refused.astype(np.int8), np.ones(n, np.int8), np.full(n, 2, np.int8)),
        reason=taken(budgets.reason, np.full(n, NO_RIGHT, np.int8), no_reason),
        last_day=taken((month + np.where(starts, 2, 1).astype("timedelta64[M]")).astype("datetime64[D]") - 1),
        reduction=taken(budgets.reduction, recovery=zeros.astype(np.int8)),
        reduced_for=taken(np.where(budgets.reduction > 0, reason, -1).astype(np.int8), recovery=no_reason),
        booked=taken(booked, recovery=np.zeros(n, bool)),
        granted=taken(budgets.granted + np.where(starts, _granted_next(country, budgets)[at], 0), zeros, zeros),
        corrects=taken(corrected, *[np.zeros(n, bool)] * 2),
    )
    return OnAMonth(decisions, goes_on, day)


def covers_two(country: Country, row: int) -> Bools:
    """Of all households, whose decision of a month covers the next one as well; every second month may begin one."""
    nothing: Bools = np.zeros(len(country.kinds), bool)
    if LONG_DECISIONS not in country.traps or not 0 <= row < len(country.months) - 1:
        return nothing
    month = country.months[row]
    if month in STILL_MUNICIPAL:
        return nothing
    luck = generator(country.seed, "longer decisions").random(len(country.kinds))
    steady = country.received[row] & country.received[row + 1] & (country.traits.activity != UNEMPLOYED)
    turn = (np.arange(len(country.kinds)) + int(month.astype(int))) % 2 == 0
    found: Bools = steady & turn & (luck < TWO_MONTHS) & ~is_late(country, row) & ~is_late(country, row + 1)
    return found


def _granted_next(country: Country, budgets: Budgets) -> npt.NDArray[np.int64]:
    """Cents of the next month by household."""
    row = budgets.row + 1
    return country.granted(row) if row < len(country.months) else np.zeros(len(country.kinds), np.int64)


def _weekdays(month: np.datetime64) -> Days:
    days = np.arange(month.astype("datetime64[D]"), month.astype("datetime64[D]") + LAST_DAY_OF_DECISIONS)
    return days[np.is_busday(days)]


def _clocks(
    rng: np.random.Generator, budgets: Budgets, decided: Days, waits: npt.NDArray[np.int64]
) -> tuple[Days, Days, Days, Days, Bools]:
    """Application, request, deadline, completion, urgency: made backwards from the decision."""
    n = len(budgets)
    never_came = budgets.reason == INFORMATION_MISSING
    urgent = (rng.random(n) < URGENT) & ~never_came
    was_asked = never_came | (~urgent & (rng.random(n) < ASKED))
    late = rng.random(n) < LATE
    handled = np.where(late, rng.integers(*TOO_LATE, n), rng.integers(*SOON, n)) + waits
    soon = np.where(late, rng.integers(*URGENT_TOO_LATE, n), rng.integers(0, 2, n))
    handled = np.where(urgent, soon, handled)
    asked_late = rng.random(n) < ASKED_LATE
    until_asked = np.where(asked_late, rng.integers(*ASKED_TOO_LATE, n), rng.integers(*ASKED_SOON, n))
    time_given = rng.integers(10, 15, n)
    until_answer = np.where(never_came, time_given + 1, rng.integers(1, 13, n))
    waited = np.where(was_asked, until_asked + until_answer, 0)
    applied = decided - (handled + waited).astype("timedelta64[D]")
    asked = np.where(was_asked, applied + until_asked.astype("timedelta64[D]"), NOTHING)
    deadline = np.where(was_asked, asked + time_given.astype("timedelta64[D]"), NOTHING)
    complete = np.where(never_came, NOTHING, decided - handled.astype("timedelta64[D]"))
    return applied, asked, deadline, complete, urgent

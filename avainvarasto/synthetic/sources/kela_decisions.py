"""Kela's decisions as columns: the four clocks of the law, reductions, corrections, recoveries, longer decisions.

A month is decided on in its own weekdays up to the 26th, or five weeks later where the decision is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import INFORMATION_MISSING, REASONS, STILL_MUNICIPAL, Budgets
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traits import UNEMPLOYED
from avainvarasto.synthetic.country.traps import CORRECTIONS, LONG_DECISIONS, RETURNS
from avainvarasto.synthetic.sources.kela_months import Days, coded
from avainvarasto.synthetic.sources.kela_payments import payments, returns
from avainvarasto.synthetic.sources.late import DAYS_LATE, is_late

CHANNELS = {"OWEBB": 0.62, "PAPER": 0.25, "OFFICE": 0.06, "KUNTA": 0.05, "PHONE": 0.02}
REDUCTION_REASONS = ("TYO", "TYOVOIMAPALVELU", "AKTIVOINTISUUNNITELMA", "KOTOUTUMISSUUNNITELMA")
REASONS_OF_50 = ("ENSISIJAINEN_ETUUS", "TYONHAKU")
URGENT, LATE = 0.06, 0.04
ASKED = 0.239  # of the applications of April 2024 (THL, Toimeentulotuen käsittelyajat)
CORRECTED, RECOVERED, BOOKED = 0.012, 0.012, 0.3
LAST_DAY_OF_DECISIONS, DAY_OF_RECOVERY = 26, 27
# Of households of which no month is looked at by itself, in odd months.
TWO_MONTHS = 0.25


@dataclass(frozen=True)
class Decisions:
    """kela_decision on a benefit month and kela_payment of it, whenever they are made and paid."""

    decisions: pa.Table
    payments: pa.Table


def make_decisions(country: Country, budgets: Budgets) -> Decisions:
    """The decisions on one benefit month and what they lead to.

    A household whose decision of the month before covers this one too gets payments only.
    """
    month = country.months[budgets.row]
    rng = generator(country.seed, f"decisions {month}")
    n, at = len(budgets), budgets.households
    starts, goes_on = _covers_two(country, budgets.row)[at], _covers_two(country, budgets.row - 1)[at]
    late = is_late(country, budgets.row)[at]
    weekdays = _weekdays(month)
    decided = weekdays[rng.integers(0, len(weekdays), n)]
    channel = drawn(rng, CHANNELS, n)
    waits = np.array([country.truth.days_by_channel.get(name, 0) for name in CHANNELS])[channel]
    applied, asked, deadline, complete, urgent = _clocks(rng, budgets, decided, waits)
    first_day = np.full(n, month.astype("datetime64[D]"))
    last_day = (month + np.where(starts, 2, 1).astype("timedelta64[M]")).astype("datetime64[D]") - 1
    later = (decided - first_day).astype(int) >= 8
    luck = rng.random(n)
    corrected = ~budgets.refused & later & (budgets.reduction == 0) & ~starts & ~goes_on & (luck < CORRECTED)
    corrected &= CORRECTIONS in country.traps
    # The corrected one was a refusal a week before; nothing had been asked for.
    before = decided - 7
    applied = np.where(corrected, before - 3, applied)
    asked = np.where(corrected, np.datetime64("NaT"), asked)
    deadline = np.where(corrected, np.datetime64("NaT"), deadline)
    complete = np.where(corrected, applied, complete)
    urgent &= ~corrected
    shift = np.where(late, DAYS_LATE, 0).astype("timedelta64[D]")
    applied, asked, deadline, complete, decided, before = (
        days + shift for days in (applied, asked, deadline, complete, decided, before)
    )
    reduced = budgets.reduction > 0
    reason = np.where(budgets.reduction == 50, len(REDUCTION_REASONS) + rng.integers(0, 2, n), rng.integers(0, 4, n))
    granted = budgets.granted + np.where(starts, _granted_next(country, budgets)[at], 0)
    ids, earlier = _ids("P", budgets, month, 1), _ids("P", budgets, month, 0)
    columns = {
        "decision_id": ids,
        "application_id": _ids("H", budgets, month, 1),
        "household_id": budgets.household_ids,
        "application_date": pa.array(applied),
        "channel": coded(tuple(CHANNELS), channel),
        "urgent": pa.array(urgent),
        "additional_info_requested_date": pa.array(asked),
        "additional_info_deadline": pa.array(deadline),
        "complete_date": pa.array(complete),
        "decision_date": pa.array(decided),
        "result": coded(("MYONTO", "HYLKAYS"), budgets.refused.astype(np.int8)),
        "reject_reason": coded(tuple(REASONS), budgets.reason),
        "valid_from": pa.array(first_day),
        "valid_to": pa.array(last_day),
        "reduction_pct": pa.array(budgets.reduction.astype(str)),
        "reduction_reason": coded((*REDUCTION_REASONS, *REASONS_OF_50), np.where(reduced, reason, -1)),
        "reduction_months": pa.array(np.where(reduced, 1, 0)),
        "reduced_role": coded(("HAKIJA",), np.where(reduced, 0, -1)),
        "assessment_booked": pa.array(rng.random(n) < BOOKED, mask=~reduced),
        "granted_eur": pa.array(granted),
        "corrected_decision_id": pc.if_else(pa.array(corrected), earlier, pa.scalar(None, pa.string())),
    }
    whole = pa.table(columns)
    recovered = ~budgets.refused & ~starts & ~goes_on & ~late & (rng.random(n) < RECOVERED)
    recovered &= RETURNS in country.traps
    tables = [
        whole.filter(pa.array(~goes_on)),
        _refused_before(whole, corrected, earlier, before),
        _recoveries(whole, recovered, budgets, month),
    ]
    on_which = pa.array(np.where(goes_on, _ids("P", budgets, month - 1, 1), ids))
    decided_before = np.where(goes_on, first_day - 1, decided)
    paid = payments(rng, on_which, budgets, decided_before, month)
    back = returns(rng, tables[2], budgets.granted[recovered], month)
    return Decisions(pa.concat_tables(tables), pa.concat_tables([paid, back]))


def _covers_two(country: Country, row: int) -> Bools:
    """Of all households, whose decision of a month covers the next one as well."""
    nothing: Bools = np.zeros(len(country.kinds), bool)
    if LONG_DECISIONS not in country.traps or not 0 <= row < len(country.months) - 1:
        return nothing
    month = country.months[row]
    if int(month.astype(int)) % 2 or month in STILL_MUNICIPAL:
        return nothing
    luck = generator(country.seed, "longer decisions").random(len(country.kinds))
    steady = country.received[row] & country.received[row + 1] & (country.traits.activity != UNEMPLOYED)
    found: Bools = steady & (luck < TWO_MONTHS) & ~is_late(country, row) & ~is_late(country, row + 1)
    return found


def _granted_next(country: Country, budgets: Budgets) -> Any:
    """Cents of the next month by household."""
    row = budgets.row + 1
    return country.granted(row) if row < len(country.months) else np.zeros(len(country.kinds), np.int64)


def _weekdays(month: np.datetime64) -> Days:
    days = np.arange(month.astype("datetime64[D]"), month.astype("datetime64[D]") + LAST_DAY_OF_DECISIONS)
    return days[np.is_busday(days)]


def _clocks(
    rng: np.random.Generator, budgets: Budgets, decided: Days, waits: Any
) -> tuple[Days, Days, Days, Days, Bools]:
    """Application, request, deadline, completion, urgency: made backwards from the decision."""
    n = len(budgets)
    never_came = budgets.reason == INFORMATION_MISSING
    urgent = (rng.random(n) < URGENT) & ~never_came
    was_asked = never_came | (~urgent & (rng.random(n) < ASKED))
    late = np.where(rng.random(n) < LATE, rng.integers(6, 20, n), 0)
    handled = np.where(urgent, rng.integers(0, 2, n), rng.integers(0, 8, n)) + np.where(urgent, 0, late + waits)
    until_asked, time_given = rng.integers(0, 7, n), rng.integers(10, 15, n)
    until_answer = np.where(never_came, time_given + 1, rng.integers(1, 13, n))
    waited = np.where(was_asked, until_asked + until_answer, 0)
    applied = decided - (handled + waited).astype("timedelta64[D]")
    nothing = np.datetime64("NaT")
    asked = np.where(was_asked, applied + until_asked.astype("timedelta64[D]"), nothing)
    deadline = np.where(was_asked, asked + time_given.astype("timedelta64[D]"), nothing)
    complete = np.where(never_came, nothing, decided - handled.astype("timedelta64[D]"))
    return applied, asked, deadline, complete, urgent


def _ids(letter: str, budgets: Budgets, month: np.datetime64, last: int) -> pa.Array:
    numbers = np.char.zfill((budgets.households + 1).astype(str), 7)
    return pa.array(np.char.add(f"{letter}{str(month).replace('-', '')}", np.char.add(numbers, str(last))))


def _with(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        array = values if isinstance(values, pa.Array) else pa.array([values] * len(table))
        table = table.set_column(table.column_names.index(name), name, array.cast(table.schema.field(name).type))
    return table


def _refused_before(whole: pa.Table, corrected: Bools, ids: pa.Array, decided: Days) -> pa.Table:
    """The refusals that a later decision on the same application corrected."""
    chosen = pa.array(corrected)
    return _with(
        whole.filter(chosen),
        decision_id=ids.filter(chosen),
        decision_date=pa.array(decided[corrected]),
        result="HYLKAYS",
        reject_reason="EI_LASKENNALLISTA_OIKEUTTA",
        granted_eur=0,
        corrected_decision_id=None,
    )


def _recoveries(whole: pa.Table, recovered: Bools, budgets: Budgets, month: np.datetime64) -> pa.Table:
    """Decisions that something is to be paid back."""
    chosen = pa.array(recovered)
    day = month.astype("datetime64[D]") + DAY_OF_RECOVERY - 1
    nothing = dict.fromkeys(("additional_info_requested_date", "additional_info_deadline", "reduction_reason"))
    return _with(
        whole.filter(chosen),
        decision_id=_ids("P", budgets, month, 9).filter(chosen),
        application_id=_ids("H", budgets, month, 9).filter(chosen),
        application_date=pa.array(np.full(int(recovered.sum()), day - 5)),
        complete_date=pa.array(np.full(int(recovered.sum()), day - 5)),
        decision_date=pa.array(np.full(int(recovered.sum()), day)),
        urgent=False,
        result="TAKAISINPERINTA",
        reduction_pct="0",
        reduction_months=0,
        reduced_role=None,
        assessment_booked=None,
        granted_eur=0,
        corrected_decision_id=None,
        **nothing,
    )

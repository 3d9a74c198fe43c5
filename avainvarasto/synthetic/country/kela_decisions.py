"""Kela's decisions and payments as columns: the four clocks of the law, reductions, corrections, recoveries, returns.

A month is decided on in its own weekdays up to the 26th; what is then paid on the first of the next month goes into the
next month's delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import INFORMATION_MISSING, REASONS, Budgets, Cents
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.kela_months import coded, household_ids
from avainvarasto.synthetic.country.spells import Bools

Days = npt.NDArray[np.datetime64]
CHANNELS = {"OWEBB": 0.62, "PAPER": 0.25, "OFFICE": 0.06, "KUNTA": 0.05, "PHONE": 0.02}
REDUCTION_REASONS = ("TYO", "TYOVOIMAPALVELU", "AKTIVOINTISUUNNITELMA", "KOTOUTUMISSUUNNITELMA")
URGENT, LATE = 0.06, 0.04
ASKED = 0.239  # of the applications of April 2024 (THL, Toimeentulotuen käsittelyajat)
CORRECTED, RECOVERED, BOOKED = 0.012, 0.012, 0.3
LAST_DAY_OF_DECISIONS, DAY_OF_RECOVERY, DAY_OF_RETURN = 26, 27, 28
PAYMENT_DAYS = (9, 16, 23)
TO_LANDLORD, LANDLORDS_SHARE = 0.25, 0.45


@dataclass(frozen=True)
class Decisions:
    """kela_decision of a month, and kela_payment of its grants: paid in the month, and on the first of the next."""

    decisions: pa.Table
    paid: pa.Table
    paid_next_month: pa.Table


def make_decisions(country: Country, budgets: Budgets) -> Decisions:
    """The decisions on one benefit month and what they lead to."""
    month = country.months[budgets.row]
    rng = generator(country.seed, f"decisions {month}")
    n = len(budgets)
    decided = _weekdays(month)[rng.integers(0, len(_weekdays(month)), n)]
    applied, asked, deadline, complete, urgent = _clocks(rng, budgets, decided)
    first_day = np.full(n, month.astype("datetime64[D]"))
    last_day = np.full(n, (month + 1).astype("datetime64[D]") - 1)
    later = (decided - first_day).astype(int) >= 8
    corrected = ~budgets.refused & later & (budgets.reduction == 0) & (rng.random(n) < CORRECTED)
    # The corrected one was a refusal a week before; nothing had been asked for.
    before = decided - 7
    applied = np.where(corrected, before - 3, applied)
    asked = np.where(corrected, np.datetime64("NaT"), asked)
    deadline = np.where(corrected, np.datetime64("NaT"), deadline)
    complete = np.where(corrected, applied, complete)
    urgent &= ~corrected
    channel = drawn(rng, CHANNELS, n)
    role = np.where(budgets.reduction > 0, 0, -1)
    ids = _ids("P", budgets, month, 1)
    earlier = _ids("P", budgets, month, 0)
    columns = {
        "decision_id": ids,
        "application_id": _ids("H", budgets, month, 1),
        "household_id": household_ids(budgets.households),
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
        "reduction_reason": coded(REDUCTION_REASONS, np.where(role < 0, -1, rng.integers(0, 4, n))),
        "reduction_months": pa.array(np.where(role < 0, 0, 1)),
        "reduced_role": coded(("HAKIJA",), role),
        "assessment_booked": pa.array(rng.random(n) < BOOKED, mask=role < 0),
        "granted_eur": pa.array(budgets.granted),
        "corrected_decision_id": pa.array(earlier.to_pylist(), pa.string(), mask=~corrected),
    }
    whole = pa.table(columns)
    recovered = ~budgets.refused & (rng.random(n) < RECOVERED)
    tables = [whole, _refused_before(whole, corrected, earlier, before), _recoveries(whole, recovered, budgets, month)]
    paid, next_month = _payments(rng, whole, budgets, decided, month)
    returns = _returns(rng, tables[2], budgets.granted[recovered], month)
    return Decisions(pa.concat_tables(tables), pa.concat_tables([paid, returns]), next_month)


def _weekdays(month: np.datetime64) -> Days:
    days = np.arange(month.astype("datetime64[D]"), month.astype("datetime64[D]") + LAST_DAY_OF_DECISIONS)
    return days[np.is_busday(days)]


def _clocks(rng: np.random.Generator, budgets: Budgets, decided: Days) -> tuple[Days, Days, Days, Days, Bools]:
    """Application, request, deadline, completion, urgency: made backwards from the decision."""
    n = len(budgets)
    never_came = budgets.reason == INFORMATION_MISSING
    urgent = (rng.random(n) < URGENT) & ~never_came
    was_asked = never_came | (~urgent & (rng.random(n) < ASKED))
    late = np.where(rng.random(n) < LATE, rng.integers(6, 20, n), 0)
    handled = np.where(urgent, rng.integers(0, 2, n), rng.integers(0, 8, n)) + np.where(urgent, 0, late)
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


def _payments(
    rng: np.random.Generator, whole: pa.Table, budgets: Budgets, decided: Days, month: np.datetime64
) -> tuple[pa.Table, pa.Table]:
    granted = np.flatnonzero(~budgets.refused)
    start = month.astype("datetime64[D]")
    days = np.array([start + day - 1 for day in PAYMENT_DAYS] + [(month + 1).astype("datetime64[D]")])
    paid_on = days[np.searchsorted(days, decided[granted], side="right")]
    cents = budgets.granted[granted]
    landlord = np.where(rng.random(len(granted)) < TO_LANDLORD, np.rint(cents * LANDLORDS_SHARE), 0).astype(np.int64)
    lines = [(1, "CLIENT", cents - landlord), (2, "LANDLORD", landlord)]
    some = whole.take(pa.array(granted))
    tables = [
        _lines(some, line, payee, amounts, paid_on, month).filter(pa.array(amounts > 0))
        for line, payee, amounts in lines
    ]
    table = pa.concat_tables(tables)
    on = table.column("payment_date").to_numpy()
    return table.filter(pa.array(on < days[-1])), table.filter(pa.array(on == days[-1]))


def _returns(rng: np.random.Generator, recoveries: pa.Table, granted: Cents, month: np.datetime64) -> pa.Table:
    day = month.astype("datetime64[D]") + DAY_OF_RETURN - 1
    amounts = -np.maximum(1, np.rint(granted * (0.1 + 0.9 * rng.random(len(granted)))).astype(np.int64))
    return _lines(recoveries, 1, "CLIENT", amounts, np.full(len(granted), day), month)


def _lines(decisions: pa.Table, line: int, payee: str, amounts: Cents, days: Days, month: np.datetime64) -> pa.Table:
    n = len(decisions)
    return pa.table(
        {
            "payment_id": pc.replace_substring(decisions.column("decision_id"), "P", "M", max_replacements=1),
            "line": np.full(n, line, np.int64),
            "decision_id": decisions.column("decision_id"),
            "household_id": decisions.column("household_id"),
            "benefit_month": np.full(n, month.astype("datetime64[D]")),
            "payment_date": days,
            "amount_eur": amounts,
            "is_return": amounts < 0,
            "payee": pa.array([payee] * n, pa.string()),
        }
    )

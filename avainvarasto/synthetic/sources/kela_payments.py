"""Kela's payments as columns: on the 1st, 9th, 16th and 23rd, some to the landlord; what is recovered comes back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import Budgets, Cents
from avainvarasto.synthetic.sources.kela_months import Days

DAY_OF_RETURN = 28
PAYMENT_DAYS = (1, 9, 16, 23)
TO_LANDLORD, LANDLORDS_SHARE = 0.25, 0.45


def payments(
    rng: np.random.Generator, decision_ids: pa.Array, budgets: Budgets, decided: Days, month: np.datetime64
) -> pa.Table:
    """kela_payment of the granted months of a calculation, each on the first day of payment after its decision.

    Args:
        rng: random numbers.
        decision_ids: the decision on each month.
        budgets: the calculations.
        decided: day of each decision; a month decided on before it began is paid on its own first day of payment.
        month: the benefit month.
    """
    granted = np.flatnonzero(~budgets.refused)
    days = np.concatenate([(month + after).astype("datetime64[D]") + np.array(PAYMENT_DAYS) - 1 for after in range(3)])
    paid_on = days[np.searchsorted(days, decided[granted], side="right")]
    cents = budgets.granted[granted]
    landlord = np.where(rng.random(len(granted)) < TO_LANDLORD, np.rint(cents * LANDLORDS_SHARE), 0).astype(np.int64)
    ids, households = decision_ids.take(pa.array(granted)), budgets.household_ids.take(pa.array(granted))
    lines = [(1, "CLIENT", cents - landlord), (2, "LANDLORD", landlord)]
    tables = [
        _lines(ids, households, line, payee, amounts, paid_on, month).filter(pa.array(amounts > 0))
        for line, payee, amounts in lines
    ]
    return pa.concat_tables(tables)


def returns(rng: np.random.Generator, recoveries: pa.Table, granted: Cents, month: np.datetime64) -> pa.Table:
    """kela_payment of what comes back after a recovery: some or all of what was granted, as a negative amount."""
    day = month.astype("datetime64[D]") + DAY_OF_RETURN - 1
    amounts = -np.maximum(1, np.rint(granted * (0.1 + 0.9 * rng.random(len(granted)))).astype(np.int64))
    ids, households = recoveries.column("decision_id"), recoveries.column("household_id")
    return _lines(ids, households, 1, "CLIENT", amounts, np.full(len(granted), day), month)


def _lines(
    ids: pa.Array, households: pa.Array, line: int, payee: str, amounts: Cents, days: Days, month: np.datetime64
) -> pa.Table:
    """Payments are numbered by decision and benefit month, as a decision may be on more than one."""
    n = len(ids)
    numbers = pc.binary_join_element_wise(
        pc.replace_substring(ids, "P", "M", max_replacements=1), pa.scalar(str(month)[-2:]), ""
    )
    return pa.table(
        {
            "payment_id": numbers,
            "line": np.full(n, line, np.int64),
            "decision_id": ids,
            "household_id": households,
            "benefit_month": np.full(n, month.astype("datetime64[D]")),
            "payment_date": days,
            "amount_eur": amounts,
            "is_return": amounts < 0,
            "payee": pa.array([payee] * n, pa.string()),
        }
    )

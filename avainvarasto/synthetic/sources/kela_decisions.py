"""Kela's decisions and payments as tables: what was decided (`country.decided`) in the columns of the contracts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import REASONS, ROLES_REDUCED, Budgets
from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.decided import (
    BEFORE,
    CHANNELS,
    ON_THE_MONTH,
    REASONS_OF_50,
    RECOVERY,
    REDUCTION_REASONS,
    RESULTS,
    Decided,
    decide,
)
from avainvarasto.synthetic.sources.kela_months import coded
from avainvarasto.synthetic.sources.kela_payments import payments, returns


@dataclass(frozen=True)
class Decisions:
    """kela_decision on a benefit month and kela_payment of it, whenever they are made and paid."""

    decisions: pa.Table
    payments: pa.Table
    made: Decided


def make_decisions(country: Country, budgets: Budgets) -> Decisions:
    """The decisions on one benefit month and what they lead to.

    A household whose decision of the month before covers this one too gets payments only.
    """
    month = country.months[budgets.row]
    on_a_month = decide(country, budgets)
    made = on_a_month.decisions
    table = _table(budgets, made, month)
    rng = generator(country.seed, f"payments {month}")
    earlier = _numbers("P", budgets.households, month - 1, ON_THE_MONTH)
    ids = _numbers("P", budgets.households, month, ON_THE_MONTH)
    first_day = month.astype("datetime64[D]")
    decided = np.where(on_a_month.goes_on, first_day - 1, on_a_month.day)
    paid = payments(rng, pa.array(np.where(on_a_month.goes_on, earlier, ids)), budgets, decided, month)
    recovered = made.digit == RECOVERY
    back = returns(rng, table.filter(pa.array(recovered)), budgets.granted[made.of[recovered]], month)
    return Decisions(table, pa.concat_tables([paid, back]), made)


def _table(budgets: Budgets, made: Decided, month: np.datetime64) -> pa.Table:
    households = budgets.households[made.of]
    digits = made.digit
    # A corrected refusal and what corrects it are on one application.
    of_application = np.where(digits == BEFORE, ON_THE_MONTH, digits)
    corrected = pa.array(_numbers("P", households, month, BEFORE))
    reduced = made.reduction > 0
    return pa.table(
        {
            "decision_id": pa.array(_numbers("P", households, month, digits)),
            "application_id": pa.array(_numbers("H", households, month, of_application)),
            "household_id": budgets.household_ids.take(pa.array(made.of)),
            "application_date": pa.array(made.applied),
            "channel": coded(tuple(CHANNELS), made.channel),
            "urgent": pa.array(made.urgent),
            "additional_info_requested_date": pa.array(made.asked),
            "additional_info_deadline": pa.array(made.deadline),
            "complete_date": pa.array(made.complete),
            "decision_date": pa.array(made.day),
            "result": coded(RESULTS, made.result),
            "reject_reason": coded(tuple(REASONS), made.reason),
            "valid_from": pa.array(np.full(len(made), month.astype("datetime64[D]"))),
            "valid_to": pa.array(made.last_day),
            "reduction_pct": pa.array(made.reduction.astype(str)),
            "reduction_reason": coded((*REDUCTION_REASONS, *REASONS_OF_50), made.reduced_for),
            "reduction_months": pa.array(np.where(reduced, 1, 0)),
            "reduced_role": coded(tuple(ROLES_REDUCED), np.where(reduced, budgets.reduced_role[made.of], -1)),
            "assessment_booked": pa.array(made.booked, mask=~reduced),
            "granted_eur": pa.array(made.granted),
            "corrected_decision_id": pc.if_else(pa.array(made.corrects), corrected, pa.scalar(None, pa.string())),
        }
    )


def _numbers(
    letter: str, households: npt.NDArray[np.intp], month: np.datetime64, digits: int | npt.NDArray[np.int8]
) -> npt.NDArray[np.str_]:
    """Kela's numbers: month, household, and a last digit for what it is."""
    last = np.broadcast_to(np.asarray(digits), households.shape).astype(str)
    numbers = np.char.zfill((households + 1).astype(str), 7)
    return np.char.add(f"{letter}{str(month).replace('-', '')}", np.char.add(numbers, last))

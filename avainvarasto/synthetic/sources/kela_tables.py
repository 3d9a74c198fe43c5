"""Kela's tables of a month, one after the other, so that a large country need not hold them all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import Budgets
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.decision_truth import DecisionTruth
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.sources import kela_months
from avainvarasto.synthetic.sources.kela_decisions import make_decisions

# These lie in the month of their own day; the others in the month that the assistance is for.
DATED = ("kela_decision", "kela_payment")


class Kela:
    """Goes through the months in their order; what is decided or paid later waits.

    Where there is a `truth`, it counts the decisions.
    """

    def __init__(self, country: Country, people: People, truth: DecisionTruth | None = None) -> None:
        self._country, self._people, self._truth = country, people, truth
        self._waiting: dict[str, pa.Table] = {}

    def tables(self, budgets: Budgets) -> Iterator[tuple[str, pa.Table]]:
        """Extracts and tables of a month."""
        country, people = self._country, self._people
        yield "kela_household_month", kela_months.household_months(country, people, budgets)
        yield "kela_person_month", kela_months.person_months(country, people, budgets)
        yield "kela_income_line", kela_months.income_lines(country, people, budgets)
        yield "kela_expense_line", kela_months.expense_lines(country, budgets)
        made = make_decisions(country, budgets)
        if self._truth:
            self._truth.add(budgets, made.made)
        month = country.months[budgets.row]
        yield "kela_decision", self._until_the_end(month, "kela_decision", made.decisions, "decision_date")
        payments = made.payments
        del made
        yield "kela_payment", self._until_the_end(month, "kela_payment", payments, "payment_date")
        yield "kela_coverage", kela_months.coverage(country, budgets.row)

    def _until_the_end(self, month: np.datetime64, extract: str, made: pa.Table, column: str) -> pa.Table:
        """What lies before the end of a month, of this month's rows and of those that waited."""
        together = pa.concat_tables([self._waiting[extract], made] if extract in self._waiting else [made])
        end = pa.scalar((month + 1).astype("datetime64[D]").item(), pa.date32())
        later = pc.greater_equal(together.column(column).cast(pa.date32()), end)
        self._waiting[extract] = together.filter(later)
        return together.filter(pc.invert(later))

"""Kela's and eTotu's deliveries, period by period, and the lists of persons and households at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.decision_truth import DecisionTruth
from avainvarasto.synthetic.country.lateness import corrected_later, late_at_the_end
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.country.traps import OLD_CODES
from avainvarasto.synthetic.planted import with_bad_rows
from avainvarasto.synthetic.sending import CORRECTION, KELA_AND_ETOTU, WHOLE_LISTS, Sender, sent_after
from avainvarasto.synthetic.sources import kela_months
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.etotu_tables import Etotu
from avainvarasto.synthetic.sources.kela_tables import DATED, Kela
from avainvarasto.synthetic.sources.late import as_first_delivered
from avainvarasto.synthetic.sources.open_kela import OpenKela
from avainvarasto.synthetic.writer import Delivery

Tables = dict[str, list[pa.Table]]


class Registers:
    """Goes through the months once; what Kela publishes itself and what municipalities get is counted on the way."""

    def __init__(
        self,
        country: Country,
        people: People,
        contacts: Contacts,
        etotu: Etotu,
        published: OpenKela,
        sender: Sender,
        truth: DecisionTruth | None = None,
    ) -> None:
        self._country, self._people, self._contacts = country, people, contacts
        self._etotu, self._published, self._sender = etotu, published, sender
        self._kela = Kela(country, people, truth)

    def deliveries(self, every: int) -> Iterator[Delivery]:
        """A delivery of Kela and one of eTotu for so many months each, and the lists.

        Args:
            every: months of a delivery, 1, 3, 6 or 12; the first and the last may have fewer.
        """
        for rows in _periods(self._country.months, every):
            yield from self._period(rows)
        late = late_at_the_end(self._country)
        lists = {
            "kela_person": [kela_months.persons(self._country, self._people, self._contacts, late)],
            "kela_household": [kela_months.households(self._country, self._people, late)],
        }
        last = first_day(self._country.months[-1])
        yield self._sender.send(sent_after(last, WHOLE_LISTS), self._with_bad_rows(lists, 0))

    def _period(self, rows: Sequence[int]) -> Iterator[Delivery]:
        kela: Tables = defaultdict(list)
        etotu: Tables = defaultdict(list)
        corrections: Tables = {}
        corrected = rows[0]
        for row in rows:
            budgets = make_budgets(self._country, row)
            tables = dict(self._kela.tables(budgets))
            self._published.add(row, tables["kela_household_month"], tables["kela_decision"], tables["kela_payment"])
            by_month = {extract: table for extract, table in tables.items() if extract not in DATED}
            for extract, table in (tables | as_first_delivered(self._country, row, by_month)).items():
                kela[extract].append(table)
            if corrected_later(self._country, row):
                corrections, corrected = {extract: [table] for extract, table in by_month.items()}, row
            for extract, table in self._etotu.month(budgets).items():
                etotu[extract].append(table)
        months = self._country.months
        first, last = first_day(months[rows[0]]), first_day(months[rows[-1]])
        sent, period = sent_after(last, KELA_AND_ETOTU), (first, last_day(months[rows[-1]]))
        for source in (kela, etotu):
            yield self._sender.send(sent, self._with_bad_rows(source, rows[0]), period=period)
        if corrections:
            only = first_day(months[corrected]), last_day(months[corrected])
            yield self._sender.send(sent_after(last, CORRECTION), corrections, period=only, replaces=sent)

    def _with_bad_rows(self, tables: Tables, row: int) -> Tables:
        """In what is sent first, rows that are wrong on purpose."""
        wanted = row == 0 and OLD_CODES in self._country.traps
        return with_bad_rows(tables, first_day(self._country.months[0])) if wanted else tables


def first_day(month: np.datetime64) -> date:
    """Of a month."""
    return date.fromisoformat(f"{month}-01")


def last_day(month: np.datetime64) -> date:
    """Of a month."""
    return first_day(month + 1) - timedelta(days=1)


def _periods(months: np.ndarray, every: int) -> Iterator[list[int]]:
    """Rows of months that are sent together: parts of a calendar year."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, month in enumerate(months):
        groups[int(month.astype(int)) // every].append(row)
    yield from groups.values()

"""Deliveries of two municipalities: their own decisions by half of the year, and their households at the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from avainvarasto.synthetic import municipal
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.sending import MUNICIPAL_DECISIONS, MUNICIPAL_HOUSEHOLDS, Sender, sent_after
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.etotu_tables import PassedOn
from avainvarasto.synthetic.writer import Delivery, Row

# Of the families in a municipality, those that may come to the office.
MOST_RESIDENTS = 5000


class Municipalities:
    """Made when all months have gone by and it is known what Kela passed on; `decided` is known once all is sent."""

    def __init__(self, country: Country, contacts: Contacts) -> None:
        self._country, self._contacts = country, contacts
        self._families: dict[int, municipal.Family] = {}
        self.decided: list[municipal.Decision] = []

    def deliveries(self, passed_on: list[PassedOn], first: date, last: date, sender: Sender) -> Iterator[Delivery]:
        """From the first to the last day, both of whole months."""
        decisions = self.decided = self._decisions(passed_on, first, last)
        canaries = {canary.identity_code for canary in self._contacts.canaries}
        for place, supplier in municipal.SUPPLIERS.items():
            rows = list(municipal.decision_rows(decisions, place, canaries))
            lines = list(municipal.expense_rows(decisions, place))
            for begin, end in _halves(first, last):
                tables = {
                    "muni_supp_decision": _within(rows, begin, end),
                    "muni_supp_expense_line": _within(lines, begin, end),
                }
                if all(tables.values()):
                    sent = sent_after(_end_of_half(end), MUNICIPAL_DECISIONS[place])
                    yield sender.send(sent, tables, supplier=supplier, period=(begin, end))
            if rows:
                households = {"muni_household": list(municipal.household_rows(decisions, place, last))}
                yield sender.send(sent_after(last, MUNICIPAL_HOUSEHOLDS[place]), households, supplier=supplier)

    def _decisions(self, passed_on: list[PassedOn], first: date, last: date) -> list[municipal.Decision]:
        applications = [
            municipal.Application(
                one.notification_id,
                one.municipality,
                self._family(one.household),
                one.applied,
                one.urgent,
                one.registered,
            )
            for one in passed_on
        ]
        residents = {place: [self._family(at) for at in self._residents(place)] for place in municipal.SUPPLIERS}
        decisions = municipal.make_decisions(applications, residents, first, last, self._country.seed)
        some = (made.family.number for made in decisions if made.municipality == next(iter(municipal.SUPPLIERS)))
        self._contacts.appoint("municipal", (int(self._country.first_person[number]) for number in some))
        self._families.clear()
        return [municipal.of_family(made, self._family(made.family.number)) for made in decisions]

    def _residents(self, place: str) -> list[int]:
        country = self._country
        if place not in country.homes.codes:
            return []
        here = (country.home == country.homes.codes.index(place)) & country.received.any(axis=0)
        return [int(at) for at in np.flatnonzero(here)[:MOST_RESIDENTS]]

    def _family(self, household: int) -> municipal.Family:
        if household not in self._families:
            country, first = self._country, int(self._country.first_person[household])
            couple = country.n_adults[household] == 2
            self._families[household] = municipal.Family(
                number=household,
                applicant=self._contacts.person(first),
                spouse=self._contacts.person(first + 1) if couple else None,
                n_children=int(country.n_children[household]),
            )
        return self._families[household]


def _halves(first: date, last: date) -> Iterator[tuple[date, date]]:
    begin = first
    while begin <= last:
        end = min(last, _end_of_half(begin))
        yield begin, end
        begin = end + timedelta(days=1)


def _end_of_half(day: date) -> date:
    return date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)


def _within(rows: list[Row], first: date, last: date) -> list[Row]:
    """Rows decided on in a time."""
    return [row for row in rows if isinstance(day := row["decision_date"], date) and first <= day <= last]

"""Who may become a client of AVAIN: recipients of the pilot municipalities, those with most months first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from avainvarasto.synthetic.avain import CLIENTS_IN_ALL, Assessment, Client
from avainvarasto.synthetic.country.country import LIKELY_CLIENTS, Country
from avainvarasto.synthetic.country.guests import likely_clients
from avainvarasto.synthetic.sources.contacts import Contacts


@dataclass(frozen=True)
class Pools:
    """Likely clients by municipality, the last first, and the position of each among the persons by its code."""

    by_place: Mapping[str, Sequence[Client]]
    position: Mapping[str, int]

    def meet_canaries(self, assessments: Sequence[Assessment], contacts: Contacts) -> None:
        """Give the assessments the names of persons who have become canaries."""
        for assessment in assessments:
            assessment.person = contacts.person(self.position[assessment.person.code])


def pools(country: Country, contacts: Contacts) -> Pools:
    """Of the pilot municipalities."""
    likely = likely_clients(country, country.home, country.months, committing_only=country.committing_only)
    by_place, position = {}, {}
    for code in CLIENTS_IN_ALL:
        households = likely[country.homes.codes.index(code)][-LIKELY_CLIENTS[code] :]
        clients = []
        for household in households:
            at = int(country.first_person[household])
            person = contacts.person(at)
            clients.append(Client(person, bool(country.committing[household])))
            position[person.code] = at
        by_place[code] = clients
    return Pools(by_place, position)

"""Canaries: made-up persons with conspicuous names, followed through the system by the leak test.

Each is in the deliveries of its source with identity code, name, address and telephone number, all of them in columns
that end at the door. Whatever of them is found behind it is a leak.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from avainvarasto.synthetic.people import Person

PER_SOURCE = 3
NAMES = {
    "kela": ("Lintuvire Kanarialinna", "Viserrys Häkkisöinen", "Keltasiipi Öljylintula"),
    "etotu": ("Orsitar Siemenkuppila", "Kultahöyhen Šiivikko", "Pesätär Munankuorinen"),
    "avain": ("Sirkutus Tirppasela", "Nokkelo Äänihuulinen", "Höyhenetär Žakkeli"),
    "municipal": ("Nokkahuilu Pesäkolonen", "Visertäjä Äyrämökukko", "Ruusuvarpu Jyvänöinen"),
}


@dataclass(frozen=True)
class Canary:
    """What of a canary must never be found outside the landing folder."""

    source: str
    identity_code: str
    name: str
    address: str
    phone: str


def appoint(source: str, candidates: Iterable[Person], taken: set[str]) -> list[Canary]:
    """Gives the first free candidates their canary's name, address and telephone number."""
    canaries: list[Canary] = []
    for person in candidates:
        if len(canaries) == PER_SOURCE:
            break
        if person.code in taken:
            continue
        taken.add(person.code)
        number = 10 * list(NAMES).index(source) + len(canaries) + 1
        person.name = NAMES[source][len(canaries)]
        person.address = f"Kanarianlinnunkuja {number} Ö {700 + number}"
        person.phone = f"050 000 77{number:02d}"
        canaries.append(Canary(source, person.code, person.name, person.address, person.phone))
    return canaries

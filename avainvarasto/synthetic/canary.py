"""Canaries: made-up persons with conspicuous names, followed through the system by the leak test.

Each is in the deliveries of its source with identity code, name, address and telephone number, all of them in columns
that end at the door. Whatever of them is found behind it is a leak.
"""

from __future__ import annotations

from dataclasses import dataclass

PER_SOURCE = 50
SOURCES = ("kela", "etotu", "avain", "municipal")
FIRST_NAMES = {
    "kela": ("Lintuvire", "Viserrys", "Keltasiipi", "Sulkahattu", "Livertäjä"),
    "etotu": ("Orsitar", "Kultahöyhen", "Pesätär", "Munanhoitaja", "Häkkiläinen"),
    "avain": ("Sirkutus", "Nokkelo", "Höyhenetär", "Aamuviserrys", "Kujerrus"),
    "municipal": ("Nokkahuilu", "Visertäjä", "Ruusuvarpu", "Siipisulka", "Jyvätär"),
}
SURNAMES = (
    "Kanarialinna", "Häkkisöinen", "Öljylintula", "Siemenkuppila", "Šiivikko",
    "Munankuorinen", "Tirppasela", "Äänihuulinen", "Žakkelinen", "Pesäkolonen",
)  # fmt: skip


@dataclass(frozen=True)
class Contact:
    """How somebody is found."""

    name: str
    address: str
    phone: str

    def __str__(self) -> str:
        return f"{self.name}, {self.address}, puh. {self.phone}"


@dataclass(frozen=True)
class Canary:
    """What of a canary must never be found outside the landing folder."""

    source: str
    identity_code: str
    name: str
    address: str
    phone: str


def contact(source: str, number: int) -> Contact:
    """Of the canary of a source with a number from 0: no two have a name, address or telephone number in common."""
    first = FIRST_NAMES[source][number // len(SURNAMES)]
    place = PER_SOURCE * SOURCES.index(source) + number + 1
    return Contact(
        name=f"{first} {SURNAMES[number % len(SURNAMES)]}",
        address=f"Kanarianlinnunkuja {place} Ö {700 + place}",
        phone=f"050 000 7{place:03d}",
    )

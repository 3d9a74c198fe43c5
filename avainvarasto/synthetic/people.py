"""People who do not exist: what their names, addresses and languages are drawn from, and one of them by itself."""

from __future__ import annotations

from dataclasses import dataclass

from avainvarasto.synthetic.chance import YEAR

FIRST_NAMES = {
    "1": ("Aatu", "Eero", "Jyrki", "Kimmo", "Mikael", "Nuutti", "Onni", "Päiviö", "Sakari", "Tõnu", "Veli", "Åke"),
    "2": ("Aino", "Eila", "Hillevi", "Irja", "Jaana", "Märta", "Pirkko", "Ruut", "Sinikka", "Tyyne", "Ulla", "Žanna"),
}
SURNAME_HEADS = ("Ahon", "Hämä", "Joki", "Kää", "Lehto", "Mäki", "Pöllö", "Räty", "Suo", "Šeme", "Vuori", "Ylä")
SURNAME_TAILS = ("harju", "järvi", "kangas", "lahti", "mäki", "nen", "pää", "ranta", "salo", "vaara")
STREETS = ("Keksitty katu", "Kuviteltu polku", "Mielikuvankuja", "Olematon tie", "Satupolku", "Sepitteenkatu")

MOTHER_TONGUE: dict[str | None, float] = {"fi": 0.80, "sv": 0.03, "se": 0.005, "muu": 0.145, None: 0.02}
CITIZENSHIP_BY_TONGUE: dict[str | None, dict[str | None, float]] = {
    "muu": {"FI": 0.35, "EU": 0.20, "OTHER": 0.45},
    None: {"FI": 0.70, "OTHER": 0.20, None: 0.10},
}
CITIZENSHIP_ELSE: dict[str | None, float] = {"FI": 0.985, "EU": 0.01, "OTHER": 0.005}
SEX_UNKNOWN_SHARE = 0.002
PROTECTED_SHARE = 0.002


@dataclass(frozen=True)
class Person:
    """One made-up person, for the sources that are written row by row."""

    code: str
    birth_year: int
    sex: str
    name: str
    phone: str
    address: str

    @property
    def age(self) -> int:
        """Age at the end of 2018, as counted everywhere here: year minus year of birth."""
        return YEAR - self.birth_year

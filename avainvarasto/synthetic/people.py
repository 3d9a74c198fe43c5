"""People who do not exist: names, contact details, birth dates and identity codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from avainvarasto.synthetic.chance import YEAR, draw
from avainvarasto.synthetic.hetu import FEMALE, CodeBook

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


@dataclass(eq=False)
class Person:
    """One made-up person. Mutable, because some are later given the name of a canary."""

    code: str
    birth: date
    sex: str
    name: str
    phone: str
    address: str
    mother_tongue: str | None
    citizenship: str | None
    activity: str | None
    protected: bool
    death_month: date | None = None
    emigration_month: date | None = None

    @property
    def age(self) -> int:
        """Age at the end of the year of the demo, as counted everywhere here: year minus year of birth."""
        return YEAR - self.birth.year


class Registry:
    """Makes persons and keeps them in the order of their making."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._codes = CodeBook(rng)
        self.persons: list[Person] = []

    def add(self, age: int, sex: str) -> Person:
        """A person of an age and sex."""
        birth = date(YEAR - age, 1, 1) + timedelta(days=self._rng.randint(0, 364))
        return self._register(self._codes.issue(birth, sex), birth, sex)

    def add_twin(self, other: Person) -> Person:
        """A person whose identity code differs from another's in the century sign only."""
        return self._register(self._codes.issue_twin(other.code, other.birth), other.birth, other.sex)

    def _register(self, code: str, birth: date, sex: str) -> Person:
        rng = self._rng
        tongue = draw(rng, MOTHER_TONGUE)
        person = Person(
            code=code,
            birth=birth,
            sex="9" if rng.random() < SEX_UNKNOWN_SHARE else sex,
            name=f"{rng.choice(FIRST_NAMES[sex])} {rng.choice(SURNAME_HEADS)}{rng.choice(SURNAME_TAILS)}",
            # No Finnish mobile number goes on with a zero after the prefix: nobody answers there.
            phone=f"050 0{rng.randint(10, 99)} {rng.randint(1000, 9999)}",
            address=f"{rng.choice(STREETS)} {rng.randint(1, 99)}",
            mother_tongue=tongue,
            citizenship=draw(rng, CITIZENSHIP_BY_TONGUE.get(tongue, CITIZENSHIP_ELSE)),
            activity=_activity(rng, YEAR - birth.year),
            protected=rng.random() < PROTECTED_SHARE,
        )
        self.persons.append(person)
        return person


def other_sex(sex: str) -> str:
    """Sex of the spouse in most couples."""
    return "1" if sex == FEMALE else FEMALE


def _activity(rng: Random, age: int) -> str | None:
    if age < 18:
        return None
    if age >= 65:
        return "ELAKELAINEN"
    if age < 28:
        return draw(rng, {"TYOTON": 0.50, "OPISKELIJA": 0.28, "TYOLLINEN": 0.10, "MUU": 0.12})
    return draw(rng, {"TYOTON": 0.60, "OPISKELIJA": 0.06, "TYOLLINEN": 0.14, "ELAKELAINEN": 0.08, "MUU": 0.12})

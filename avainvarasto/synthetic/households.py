"""Households of the made-up world: who lives with whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from avainvarasto.synthetic.chance import draw, stream
from avainvarasto.synthetic.hetu import FEMALE
from avainvarasto.synthetic.months import Month, live_through_the_year
from avainvarasto.synthetic.people import Person, Registry, other_sex
from avainvarasto.synthetic.places import home_weights

HOUSEHOLDS = 2500
SIGN_TWINS = 4
COUPLES_THAT_PART = 12

TYPES = {"YKSIN_ASUVA": 0.60, "MUU_1H": 0.10, "YKSINHUOLTAJA": 0.12, "LAPSIPERHE": 0.11, "LAPSETON_PARI": 0.07}
WITH_CHILDREN = ("YKSINHUOLTAJA", "LAPSIPERHE")
WITH_SPOUSE = ("LAPSIPERHE", "LAPSETON_PARI")
AGES = {(18, 24): 0.27, (25, 34): 0.28, (35, 44): 0.19, (45, 54): 0.14, (55, 64): 0.09, (65, 80): 0.03}
AGES_OF_PARENTS = {(20, 24): 0.10, (25, 34): 0.40, (35, 44): 0.35, (45, 54): 0.15}
WOMEN_SHARE = {"YKSINHUOLTAJA": 0.87}
WOMEN_SHARE_ELSE = 0.45
N_CHILDREN = {1: 0.45, 2: 0.35, 3: 0.15, 4: 0.05}


@dataclass(eq=False)
class Household:
    """Applicant and spouse; the same two persons are the same household whoever the children are."""

    household_id: str
    kind: str
    applicant: Person
    spouse: Person | None
    children: list[Person]
    months: list[Month] = field(default_factory=list)

    @property
    def adults(self) -> list[Person]:
        """Applicant and, if any, spouse."""
        return [self.applicant, *([self.spouse] if self.spouse else [])]


@dataclass(frozen=True)
class World:
    """Everybody there is, in the order of their making."""

    persons: list[Person]
    households: list[Household]


def make_world(seed: int) -> World:
    """The persons and households of a seed."""
    rng = stream(seed, "households")
    registry = Registry(rng)
    households = [_household(rng, registry, number + 1) for number in range(HOUSEHOLDS)]
    alone = [household for household in households if household.kind == "YKSIN_ASUVA"]
    for household in alone[:SIGN_TWINS]:
        twin = registry.add_twin(household.applicant)
        households.append(Household(_household_id(len(households) + 1), "YKSIN_ASUVA", twin, None, []))
    places = home_weights()
    for household in households:
        household.months = live_through_the_year(
            rng, household.adults, household.children, household.kind, draw(rng, places)
        )
    couples = [household for household in households if household.spouse and len(household.months) >= 6]
    for couple in couples[:COUPLES_THAT_PART]:
        households.append(_part(registry, couple, _household_id(len(households) + 1)))
    return World(registry.persons, households)


def _household_id(number: int) -> str:
    return f"K{number:06d}"


def _household(rng: Random, registry: Registry, number: int) -> Household:
    kind = draw(rng, TYPES)
    youngest, oldest = draw(rng, AGES_OF_PARENTS if kind in WITH_CHILDREN else AGES)
    sex = FEMALE if rng.random() < WOMEN_SHARE.get(kind, WOMEN_SHARE_ELSE) else "1"
    applicant = registry.add(rng.randint(youngest, oldest), sex)
    spouse = None
    if kind in WITH_SPOUSE:
        spouse = registry.add(max(18, applicant.age + rng.randint(-6, 6)), other_sex(sex))
    children = []
    if kind in WITH_CHILDREN:
        parent_age = min(person.age for person in (applicant, *([spouse] if spouse else [])))
        for _ in range(draw(rng, N_CHILDREN)):
            # Nobody is born or comes of age within the year, so that a child is a child in every month.
            children.append(registry.add(rng.randint(1, max(1, min(17, parent_age - 18))), rng.choice("12")))
    return Household(_household_id(number), kind, applicant, spouse, children)


def _part(registry: Registry, couple: Household, household_id: str) -> Household:
    """From the middle of its months on, the applicant lives with somebody else: another household by definition."""
    assert couple.spouse
    middle = len(couple.months) // 2
    new_spouse = registry.add(couple.spouse.age, couple.spouse.sex)
    after = Household(household_id, couple.kind, couple.applicant, new_spouse, couple.children)
    couple.months, after.months = couple.months[:middle], couple.months[middle:]
    return after

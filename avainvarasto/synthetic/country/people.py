"""What registers say of the country's persons: language, citizenship, activity, protection; names, to be dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.codes import identity_codes
from avainvarasto.synthetic.country.composition import APPLICANT, CHILD, FEMALE
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.people import (
    CITIZENSHIP_BY_TONGUE,
    CITIZENSHIP_ELSE,
    FIRST_NAMES,
    MOTHER_TONGUE,
    PROTECTED_SHARE,
    SEX_UNKNOWN_SHARE,
    SURNAME_HEADS,
    SURNAME_TAILS,
)

ACTIVITIES = ("TYOLLINEN", "TYOTON", "OPISKELIJA", "ELAKELAINEN", "MUU")
YOUNG = {"TYOLLINEN": 0.10, "TYOTON": 0.50, "OPISKELIJA": 0.28, "ELAKELAINEN": 0.0, "MUU": 0.12}
OLDER = {"TYOLLINEN": 0.14, "TYOTON": 0.60, "OPISKELIJA": 0.06, "ELAKELAINEN": 0.08, "MUU": 0.12}
UNEMPLOYED, PENSIONER = 1, 3
NO_ACTIVITY = -1
# Of the households of one that have left for good.
DEATHS, EMIGRATIONS = 0.01, 0.01
Texts = npt.NDArray[Any]


@dataclass(frozen=True)
class People:
    """One entry a person, in the order of `Country.persons`: the identity code and what a register says.

    `activity` is a position in `ACTIVITIES`, -1 for children; None stands for an unknown tongue or citizenship.
    """

    code: pa.Array
    birth_year: npt.NDArray[np.int64]
    mother_tongue: Texts
    citizenship: Texts
    activity: npt.NDArray[np.int8]
    protected: npt.NDArray[np.bool_]
    sex_unknown: npt.NDArray[np.bool_]
    name: Texts
    death: npt.NDArray[np.datetime64]
    emigration: npt.NDArray[np.datetime64]

    def phones(self, persons: npt.NDArray[np.intp]) -> Texts:
        """Numbers that nobody has: no Finnish mobile number goes on with a zero after the prefix."""
        texts: Texts = np.array([f"050 0{one % 90 + 10} {one % 9000 + 1000}" for one in persons], dtype=object)
        return texts


def make_people(country: Country) -> People:
    """The register's words on everybody."""
    rng = generator(country.seed, "people")
    persons = country.persons
    n = len(persons)
    spoken = drawn(rng, MOTHER_TONGUE, n)
    citizenship = np.empty(n, dtype=object)
    for position, tongue in enumerate(MOTHER_TONGUE):
        here = np.flatnonzero(spoken == position)
        shares = CITIZENSHIP_BY_TONGUE.get(tongue, CITIZENSHIP_ELSE)
        citizenship[here] = np.array(list(shares), dtype=object)[drawn(rng, shares, len(here))]
    death, emigration = _left_for_good(rng, country)
    codes, birth = identity_codes(generator(country.seed, "codes"), persons)
    return People(
        code=codes,
        birth_year=birth.astype("datetime64[Y]").astype(np.int64) + 1970,
        mother_tongue=np.array(list(MOTHER_TONGUE), dtype=object)[spoken],
        citizenship=citizenship,
        activity=_activities(rng, country),
        protected=rng.random(n) < PROTECTED_SHARE,
        sex_unknown=rng.random(n) < SEX_UNKNOWN_SHARE,
        name=_names(rng, country),
        death=death,
        emigration=emigration,
    )


def _activities(rng: np.random.Generator, country: Country) -> npt.NDArray[np.int8]:
    persons = country.persons
    age = persons.age_at_end_of(int(str(country.months[0])[:4]))
    found = np.where(age < 28, drawn(rng, YOUNG, len(persons)), drawn(rng, OLDER, len(persons)))
    found = np.where(age >= 65, PENSIONER, found)
    return np.where(persons.role == CHILD, NO_ACTIVITY, found).astype(np.int8)


def _names(rng: np.random.Generator, country: Country) -> Texts:
    n = len(country.persons)
    women = country.persons.sex == FEMALE
    first = np.where(
        women, rng.choice(np.array(FIRST_NAMES["2"]), n), rng.choice(np.array(FIRST_NAMES["1"]), n)
    ).astype(object)
    heads, tails = (rng.choice(np.array(parts), n).astype(object) for parts in (SURNAME_HEADS, SURNAME_TAILS))
    names: Texts = first + " " + heads + tails
    return names


def _left_for_good(
    rng: np.random.Generator, country: Country
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
    """Months of death and emigration: of persons alone whose last month of assistance lies before the end."""
    persons, there = country.persons, country.received | country.refused
    alone = np.bincount(persons.household, minlength=there.shape[1]) == 1
    last = len(there) - 1 - np.argmax(there[::-1], axis=0)
    gone = alone & there.any(axis=0) & (last < len(there) - 1)
    luck = rng.random(there.shape[1])
    months = np.full((2, len(persons)), np.datetime64("NaT"), dtype="datetime64[M]")
    applicants = np.flatnonzero(persons.role == APPLICANT)
    for row, (lowest, highest) in enumerate(((0.0, DEATHS), (DEATHS, DEATHS + EMIGRATIONS))):
        chosen = gone & (lowest <= luck) & (luck < highest)
        months[row, applicants[chosen]] = country.months[last[chosen]]
    return months[0], months[1]

"""What registers say of the country's persons: language, citizenship, activity, protection; names, to be dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.codes import identity_codes
from avainvarasto.synthetic.country.composition import APPLICANT, CHILD, FEMALE
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.traits import CITIZENSHIPS, TONGUES, draw_activities
from avainvarasto.synthetic.country.traps import MASKS, SIGN_TWINS
from avainvarasto.synthetic.people import (
    FIRST_NAMES,
    PROTECTED_SHARE,
    SEX_UNKNOWN_SHARE,
    SURNAME_HEADS,
    SURNAME_TAILS,
)

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
    name_parts: npt.NDArray[np.int8]
    death: npt.NDArray[np.datetime64]
    emigration: npt.NDArray[np.datetime64]

    def names(self, persons: npt.NDArray[np.intp]) -> Texts:
        """Names of some persons, put together when they are wanted: those of all would fill the memory."""
        first, head, tail = self.name_parts[:, persons]
        heads, tails = (np.array(parts, dtype=object) for parts in (SURNAME_HEADS, SURNAME_TAILS))
        given = np.array([*FIRST_NAMES["1"], *FIRST_NAMES["2"]], dtype=object)[first]
        names: Texts = given + " " + heads[head] + tails[tail]
        return names


def make_people(country: Country) -> People:
    """The register's words on everybody."""
    rng = generator(country.seed, "people")
    persons, traits = country.persons, country.traits
    n, same = len(persons), persons.same_as
    masked = MASKS in country.traps
    death, emigration = _left_for_good(rng, country)
    codes, birth = identity_codes(generator(country.seed, "codes"), persons, twins=SIGN_TWINS in country.traps)
    return People(
        code=codes.take(pa.array(same)),
        birth_year=(birth.astype("datetime64[Y]").astype(np.int64) + 1970)[same],
        mother_tongue=np.array(TONGUES, dtype=object)[traits.tongue[persons.household]][same],
        citizenship=np.array(CITIZENSHIPS, dtype=object)[traits.citizenship[persons.household]][same],
        activity=_activities(rng, country)[same],
        protected=(masked & (rng.random(n) < PROTECTED_SHARE))[same],
        sex_unknown=(masked & (rng.random(n) < SEX_UNKNOWN_SHARE))[same],
        name_parts=_name_parts(rng, country)[:, same],
        death=death[same],
        emigration=emigration[same],
    )


def _activities(rng: np.random.Generator, country: Country) -> npt.NDArray[np.int8]:
    persons = country.persons
    found = draw_activities(rng, persons.age_at_end_of(int(str(country.months[0])[:4])))
    found[persons.role == APPLICANT] = country.traits.activity
    found[persons.role == CHILD] = NO_ACTIVITY
    return found


def _name_parts(rng: np.random.Generator, country: Country) -> npt.NDArray[np.int8]:
    """Places of first name, head and tail of the surname; women's first names come after men's."""
    n = len(country.persons)
    women = rng.integers(0, len(FIRST_NAMES["2"]), n) + len(FIRST_NAMES["1"])
    first = np.where(country.persons.sex == FEMALE, women, rng.integers(0, len(FIRST_NAMES["1"]), n))
    rest = [rng.integers(0, len(parts), n) for parts in (SURNAME_HEADS, SURNAME_TAILS)]
    return np.array([first, *rest], dtype=np.int8)


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

"""Identity codes of the country's persons: the 900 series with all six signs of a century, each code once.

A day has 50 numbers for each sex and sign. A day and sex with up to 50 persons gives each a number of its own, mostly
with the classic sign; where there are more, the signs are taken one after the other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.composition import FEMALE, Persons
from avainvarasto.synthetic.hetu import CHECK_CHARACTERS, CLASSIC_SIGN_SHARE, FIRST, LAST, SIGNS

NUMBERS = (LAST - FIRST + 1) // 2
MOST_A_DAY = NUMBERS * len(SIGNS[19])
# Persons whose code differs from another's in the sign only, for each ten thousand.
TWINS_PER_10_000 = 20


def identity_codes(
    rng: np.random.Generator, persons: Persons, *, twins: bool = True
) -> tuple[pa.Array, npt.NDArray[np.datetime64]]:
    """A code for each person, with or without pairs that differ in the sign only.

    Returns:
        the codes, and the days of birth in them: a day that is full sends its last to the next days.
    """
    birth = _spread(persons.birth.astype("datetime64[D]"), persons.sex)
    place, size = _places(birth, persons.sex, rng)
    number = (place * 37 + birth.astype(np.int64)) % NUMBERS
    luck = rng.random(len(persons))
    any_sign = np.where(luck < CLASSIC_SIGN_SHARE, 0, rng.integers(1, len(SIGNS[19]), len(persons)))
    sign = np.where(size <= NUMBERS, any_sign, place // NUMBERS)
    if twins:
        _make_twins(rng, birth, persons.sex, size, number, sign)
    return _text(birth, persons.sex, number, sign), birth


def _spread(birth: npt.NDArray[np.datetime64], sex: npt.NDArray[np.int8]) -> npt.NDArray[np.datetime64]:
    """Days of birth of which none is full; a person moves within the century, so that the sign still fits."""
    days = birth.copy()
    while True:
        order = np.lexsort((sex, days))
        starts = _starts(days[order], sex[order])
        place = np.arange(len(days)) - np.repeat(starts, np.diff(np.append(starts, len(days))))
        over = order[place >= MOST_A_DAY]
        if not len(over):
            return days
        year = days[over].astype("datetime64[Y]").astype(np.int64) + 1970
        back = ((year % 100 == 99) & (days[over].astype("datetime64[M]").astype(np.int64) % 12 == 11)).astype(np.int64)
        days[over] += np.where(back, -40, 1).astype("timedelta64[D]")


def _starts(days: npt.NDArray[np.datetime64], sex: npt.NDArray[np.int8]) -> npt.NDArray[np.intp]:
    """Where a new day or sex begins in sorted arrays."""
    changes = (days[1:] != days[:-1]) | (sex[1:] != sex[:-1])
    return np.append(0, np.flatnonzero(changes) + 1)


def _places(
    birth: npt.NDArray[np.datetime64], sex: npt.NDArray[np.int8], rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Each person's place among those of its day and sex, by lot, and how many those are."""
    order = np.lexsort((rng.random(len(birth)), sex, birth))
    starts = _starts(birth[order], sex[order])
    sizes = np.diff(np.append(starts, len(birth)))
    place, size = np.empty(len(birth), np.int64), np.empty(len(birth), np.int64)
    place[order] = np.arange(len(birth)) - np.repeat(starts, sizes)
    size[order] = np.repeat(sizes, sizes)
    return place, size


def _make_twins(
    rng: np.random.Generator,
    birth: npt.NDArray[np.datetime64],
    sex: npt.NDArray[np.int8],
    size: npt.NDArray[np.int64],
    number: npt.NDArray[np.int64],
    sign: npt.NDArray[np.int64],
) -> None:
    """Give some persons of a day the number of another of it, and another sign."""
    order = np.lexsort((sex, birth))
    same_day = (birth[order][1:] == birth[order][:-1]) & (sex[order][1:] == sex[order][:-1])
    first = np.flatnonzero(same_day & (size[order][1:] == 2))  # two only, so that no third has the number
    wanted = len(birth) * TWINS_PER_10_000 // 20_000
    chosen = first[np.sort(rng.permutation(len(first))[:wanted])]
    one, other = order[chosen], order[chosen + 1]
    number[other] = number[one]
    sign[other] = (sign[one] + 1 + rng.integers(0, len(SIGNS[19]) - 1, len(chosen))) % len(SIGNS[19])


def _text(
    birth: npt.NDArray[np.datetime64],
    sex: npt.NDArray[np.int8],
    number: npt.NDArray[np.int64],
    sign: npt.NDArray[np.int64],
) -> pa.Array:
    months = birth.astype("datetime64[M]").astype(np.int64)
    day = (birth - birth.astype("datetime64[M]")).astype(np.int64) + 1
    year = 1970 + months // 12
    figures = day * 10_000 + (months % 12 + 1) * 100 + year % 100
    individual = FIRST + 2 * number + np.where(sex == FEMALE, 0, 1)
    signs = np.array([list(SIGNS[19]), list(SIGNS[20])])[(year // 100 == 20).astype(int), sign]
    check = np.array(list(CHECK_CHARACTERS))[(figures * 1000 + individual) % len(CHECK_CHARACTERS)]
    six = pc.utf8_lpad(pa.array(figures).cast(pa.string()), 6, "0")
    return pc.binary_join_element_wise(
        six, pa.array(signs), pa.array(individual).cast(pa.string()), pa.array(check), ""
    )

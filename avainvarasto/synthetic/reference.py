"""Population by municipality, sex and age in Statistics Finland's layout; sizes of most municipalities are made up."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from avainvarasto.synthetic.chance import stream
from avainvarasto.synthetic.hetu import FEMALE
from avainvarasto.synthetic.places import OTHER_TOWNS, PILOTS
from avainvarasto.synthetic.writer import Row

ALAND = "91"
MAINLAND_THOUSANDS = 5488.0
SMALLEST = 700
GROWTH, YEAR_OF_SIZES = 1.002, 2017
OLDEST = 100
TOWN_THOUSANDS = 30


def population_rows(municipality_seed: Path, seed: int, years: Iterable[int]) -> Iterator[Row]:
    """Persons at the end of each year by sex and single age, for the mainland's municipalities of the last year's end.

    A table of several years is in the division of its newest, as Statistics Finland's are. Never scaled: a country
    without its five million is refused when it lands.
    """
    with municipality_seed.open(encoding="utf-8", newline="") as file:
        divisions = list(csv.DictReader(file))
    codes = sorted({row["municipality_code"] for row in divisions if row["county_code"] != ALAND})
    sizes = made_up_sizes(codes, seed)
    told = sorted(years)
    there = {row["municipality_code"] for row in divisions if _valid_on(row, date(told[-1], 12, 31))} if told else set()
    for year in told:
        for code in codes:
            if code in there:
                total = round(sizes[code] * GROWTH ** (year - YEAR_OF_SIZES))
                for sex, age, persons in _by_sex_and_age(total, in_town=sizes[code] >= 1000 * TOWN_THOUSANDS):
                    yield {
                        "year": year,
                        "municipality_code": code,
                        "sex": sex,
                        "age": age,
                        "n_persons": persons,
                    }


def municipality_names(municipality_seed: Path) -> dict[str, str]:
    """Finnish names by code; none where the list has none."""
    with municipality_seed.open(encoding="utf-8", newline="") as file:
        return {row["municipality_code"]: row["name_fi"] for row in csv.DictReader(file) if row.get("name_fi")}


def made_up_sizes(codes: Sequence[str], seed: int) -> dict[str, int]:
    """Residents by municipality: round thousands for the towns named in `places`, a heavy-tailed rest."""
    rng = stream(seed, "sizes")
    known = {code: 1000 * size for code, size in (PILOTS | OTHER_TOWNS).items() if code in codes}
    drawn = {code: rng.lognormvariate(0, 0.85) for code in codes if code not in known}
    scale = max(0.0, 1000 * MAINLAND_THOUSANDS - sum(known.values())) / (sum(drawn.values()) or 1)
    rest = {code: max(SMALLEST, min(scale * size, 1000 * TOWN_THOUSANDS)) for code, size in drawn.items()}
    return {code: round(size) for code, size in sorted((known | rest).items())}


def _valid_on(row: Mapping[str, str], day: date) -> bool:
    return (row["valid_from"] or "0000") <= day.isoformat() <= (row["valid_to"] or "9999")


def _by_sex_and_age(total: int, *, in_town: bool) -> Iterator[tuple[str, int, int]]:
    """Shares out a total; rounding the running sum keeps the total exact."""
    weights = [(sex, age, _weight(sex, age, in_town)) for sex in ("1", FEMALE) for age in range(OLDEST + 1)]
    whole = sum(weight for _, _, weight in weights)
    running, given = 0.0, 0
    for sex, age, weight in weights:
        running += weight
        upto = round(total * running / whole)
        yield sex, age, upto - given
        given = upto


def _weight(sex: str, age: int, in_town: bool) -> float:
    """A smooth age pyramid: the post-war generations are large, women live longer, towns are younger."""
    half_gone = 84 if sex == FEMALE else 79
    survival = 1 / (1 + math.exp((age - half_gone) / 6))
    bulge = 1.0 + 0.22 * math.exp(-(((age - 64) / 8) ** 2)) - 0.10 * math.exp(-(((age - 4) / 8) ** 2))
    tilt = math.exp((-0.5 if in_town else 0.7) * (age - 42) / 100)
    return survival * bulge * tilt

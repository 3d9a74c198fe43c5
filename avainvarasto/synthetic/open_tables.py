"""Sotkanet's values and regions, and the cost-of-living index: forms as published, all numbers made up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from avainvarasto.synthetic.chance import stream
from avainvarasto.synthetic.places import OTHER_TOWNS, PILOTS
from avainvarasto.synthetic.writer import Row

# Recipients of social assistance aged 25-64, % of the same age.
INDICATOR = 5
GENDERS = ("total", "male", "female")
# Made-up numbers of municipalities begin here; counties have Sotkanet's own, which lie below.
FIRST_MUNICIPALITY = 50000
COUNTRY_NUMBER = 658
COUNTRY: Row = {"region_id": COUNTRY_NUMBER, "region_code": "358", "category": "MAA", "name_fi": "Koko maa"}
PIRKANMAA = ((970, "8", "Pirkanmaan hyvinvointialue"), (890, "4", "Pirkanmaan hyvinvointialue (-2022)"))
NOT_PUBLISHED_SHARE = 0.03
FIRST_POINTS, MONTHLY_GROWTH = 1500.0, 1.001


def region_rows(names: Mapping[str, str], *, zeros: bool) -> Iterator[Row]:
    """The country, Pirkanmaa under both of its numbers, and the larger towns with or without leading zeros."""
    yield COUNTRY
    for number, code, name in PIRKANMAA:
        yield {"region_id": number, "region_code": code, "category": "HYVINVOINTIALUE", "name_fi": name}
    for code in _towns():
        name = names.get(code, f"Kunta {code}")
        yield {
            "region_id": _number(code),
            "region_code": code if zeros else str(int(code)),
            "category": "KUNTA",
            "name_fi": name,
        }


def value_rows(seed: int, years: Sequence[int]) -> Iterator[Row]:
    """One indicator by region, gender and year; a few values are not published."""
    rng = stream(seed, "sotkanet")
    regions = [COUNTRY_NUMBER, *(number for number, _, _ in PIRKANMAA), *(_number(code) for code in _towns())]
    for region in regions:
        level = rng.uniform(3, 12)
        for year in years:
            for gender in GENDERS:
                hidden = rng.random() < NOT_PUBLISHED_SHARE
                share = Decimal(str(round(level * rng.uniform(0.85, 1.15), 1)))
                yield {
                    "indicator_id": INDICATOR,
                    "region_id": region,
                    "gender": gender,
                    "year": year,
                    "primary_value": None if hidden else share,
                    "absolute_value": None if hidden else Decimal(round(share * 100)),
                }


def price_index_rows(seed: int, years: Iterable[int]) -> Iterator[Row]:
    """A price index that rises evenly, month by month."""
    rng = stream(seed, "price index")
    points = FIRST_POINTS
    for year in years:
        for month in range(1, 13):
            points *= MONTHLY_GROWTH * rng.uniform(0.999, 1.001)
            index = Decimal(str(round(points, 1)))
            yield {"index_code": "ELINKUSTANNUS", "month": date(year, month, 1), "index_points": index}


def _towns() -> list[str]:
    return sorted({*PILOTS, *OTHER_TOWNS})


def _number(code: str) -> int:
    return FIRST_MUNICIPALITY + int(code)

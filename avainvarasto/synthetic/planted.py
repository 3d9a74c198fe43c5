"""Rows that are wrong on purpose, so that quarantine has something to do and a test something to count.

Everything else in the demo is right. The people of these rows exist nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from avainvarasto.synthetic.hetu import CHECK_CHARACTERS, identity_code
from avainvarasto.synthetic.writer import Row

# Older than anybody in the made-up world, so that no code is given twice.
_BIRTH = date(1931, 1, 1)
_FIRST_QUARTER, _ALL_PERSONS = "2018-04-08T0200", "2019-01-08T0300"


@dataclass(frozen=True)
class Planted:
    """How many rows of a delivered file are wrong, in which column and why."""

    delivery_id: str
    extract: str
    column: str
    why: str
    count: int


def _with_wrong_check_character(code: str) -> str:
    following = (CHECK_CHARACTERS.index(code[-1]) + 1) % len(CHECK_CHARACTERS)
    return code[:-1] + CHECK_CHARACTERS[following]


_ROWS: dict[Planted, list[Row]] = {
    Planted(_FIRST_QUARTER, "kela_household_month", "municipality_code", "Juankoski ended on 2016-12-31", 1): [
        {
            "household_id": "K900001",
            "month": date(2018, 2, 1),
            "municipality_code": "174",
            "household_type": "YKSIN_ASUVA",
            "n_adults": 1,
            "n_children": 0,
            "n_persons": 1,
            "basic_part_full_eur": Decimal("491.21"),
            "basic_part_paid_eur": Decimal("491.21"),
            "housing_cost_eur": Decimal("0.00"),
            "other_cost_eur": Decimal("0.00"),
            "income_total_eur": Decimal("0.00"),
            "granted_eur": Decimal("491.21"),
            "has_no_income": False,
            "main_income_flag": True,
            "rejected": False,
        }
    ],
    Planted(_FIRST_QUARTER, "kela_person_month", "role", "there is no such role", 1): [
        {
            "person_id": identity_code(_BIRTH, "-", 901),
            "household_id": "K900002",
            "month": date(2018, 2, 1),
            "role": "NAAPURI",
            "activity_code": "MUU",
            "on_unemployment_benefit": False,
        }
    ],
    Planted(_ALL_PERSONS, "kela_person", "person_id", "the check character is wrong", 1): [
        {
            "person_id": _with_wrong_check_character(identity_code(_BIRTH, "-", 903)),
            "name": "Virhe Tarkiste",
            "birth_year": _BIRTH.year,
            "sex": "1",
            "mother_tongue": "fi",
            "citizenship_group": "FI",
            "protected": False,
        }
    ],
    Planted(_FIRST_QUARTER, "etotu_notification", "type", "there is no such type", 1): [
        {
            "notification_id": "E2018-900001",
            "person_id": identity_code(_BIRTH, "-", 905),
            "name": "Tyyppi Tuntematon",
            "type": "MUU_ILMOITUS",
            "urgency": "TAVALLINEN",
            "criteria_met_date": date(2018, 2, 6),
            "sent_ts": datetime(2018, 2, 6, 9, 30),
            "visible_date": date(2018, 2, 7),
            "area_type": "KUNTA",
            "area_code": "837",
            "batch_type": "DAILY",
            "phone_included": False,
            "is_continuation_reduction": False,
        }
    ],
}
PLANTED: tuple[Planted, ...] = tuple(_ROWS)


def bad_rows(delivery_id: str, extract: str) -> Iterator[Row]:
    """The planted rows of one file."""
    for planted, rows in _ROWS.items():
        if (planted.delivery_id, planted.extract) == (delivery_id, extract):
            yield from rows

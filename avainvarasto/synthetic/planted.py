"""Rows that are wrong on purpose, so that quarantine has something to do and a test something to count.

Everything else is right. The people of these rows exist nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from avainvarasto.synthetic.hetu import CHECK_CHARACTERS, identity_code

# Older than anybody in the made-up country, so that no code is given twice.
_BIRTH = date(1931, 1, 1)
# The file must be large enough for one bad row to be quarantined; in a small one it would refuse the delivery.
FEWEST_ROWS = 200


@dataclass(frozen=True)
class Planted:
    """How many rows of an extract are wrong, in which column and why."""

    extract: str
    column: str
    why: str
    count: int


def _with_wrong_check_character(code: str) -> str:
    following = (CHECK_CHARACTERS.index(code[-1]) + 1) % len(CHECK_CHARACTERS)
    return code[:-1] + CHECK_CHARACTERS[following]


def _household_month(month: date) -> Mapping[str, Any]:
    return {
        "household_id": "K9000001",
        "month": month,
        "municipality_code": "174",
        "household_type": "YKSIN_ASUVA",
        "n_adults": 1,
        "n_children": 0,
        "n_persons": 1,
        "basic_part_full_eur": 49121,
        "basic_part_paid_eur": 49121,
        "housing_cost_eur": 0,
        "other_cost_eur": 0,
        "income_total_eur": 0,
        "granted_eur": 49121,
        "has_no_income": False,
        "main_income_flag": True,
        "rejected": False,
    }


def _person_month(month: date) -> Mapping[str, Any]:
    return {
        "person_id": identity_code(_BIRTH, "-", 901),
        "household_id": "K9000002",
        "month": month,
        "role": "NAAPURI",
        "activity_code": "MUU",
        "on_unemployment_benefit": False,
    }


def _person(month: date) -> Mapping[str, Any]:
    return {
        "person_id": _with_wrong_check_character(identity_code(_BIRTH, "-", 903)),
        "name": "Virhe Tarkiste",
        "birth_year": _BIRTH.year,
        "sex": "1",
        "mother_tongue": "fi",
        "citizenship_group": "FI",
        "protected": False,
    }


def _notification(month: date) -> Mapping[str, Any]:
    day = month + timedelta(days=6)
    return {
        "notification_id": "E90000001",
        "person_id": identity_code(_BIRTH, "-", 905),
        "name": "Tyyppi Tuntematon",
        "type": "MUU_ILMOITUS",
        "urgency": "TAVALLINEN",
        "criteria_met_date": day,
        "sent_ts": datetime(day.year, day.month, day.day, 9, 30),
        "visible_date": day + timedelta(days=1),
        "area_type": "KUNTA",
        "area_code": "837",
        "batch_type": "DAILY",
        "phone_included": False,
        "is_continuation_reduction": False,
    }


_ROWS = {
    Planted("kela_household_month", "municipality_code", "Juankoski ended on 2016-12-31", 1): _household_month,
    Planted("kela_person_month", "role", "there is no such role", 1): _person_month,
    Planted("kela_person", "person_id", "the check character is wrong", 1): _person,
    Planted("etotu_notification", "type", "there is no such type", 1): _notification,
}
PLANTED: tuple[Planted, ...] = tuple(_ROWS)


def bad_rows(month: date) -> dict[str, Mapping[str, Any]]:
    """The planted row of each extract in a month; money is cents, as in all tables of whole columns."""
    return {planted.extract: make(month) for planted, make in _ROWS.items()}


def with_bad_rows(tables: Mapping[str, list[pa.Table]], month: date) -> dict[str, list[pa.Table]]:
    """The tables with the planted rows in a month."""
    rows = bad_rows(month)
    return {
        extract: [*parts, pa.Table.from_pylist([rows[extract]])]
        if extract in rows and sum(map(len, parts)) >= FEWEST_ROWS
        else parts
        for extract, parts in tables.items()
    }

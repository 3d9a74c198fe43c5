"""Rows that a contract takes, and for each of its rules rows that break this rule and no other, derived from it.

Belongs here: which text is good or bad for a column. Does not: delivering it (the tests).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, product
from pathlib import Path

from avainvarasto.contracts import Column, Contract
from avainvarasto.landing.rules import Rule
from avainvarasto.synthetic.hetu import SIGNS, identity_code

DAY = date(2018, 3, 5)
ONE_DAY = timedelta(days=1)
BORN = date(1981, 1, 1)
UNKNOWN_AREA = "000"
# A register of municipalities with each kind of life: the real one has none that is still to come.
MUNICIPALITIES = [
    ("837", "", ""),
    ("478", "", ""),
    *((code, "", "") for code in ("091", "049", "092", "179", "405", "005", "009", "010", "016", "018", "020")),
    ("174", "", "1990-06-30"),
    ("998", "2100-01-01", ""),
]
COUNTIES = ["06", "91"]
WORDS = [
    *("A", "ABC", "a", "1", "12", "001", "A1", "x y", "Ä", "1A", "0", "A_1", "1412/1997", "25-34", "8-", "n;"),
    *("1.2.246.537.6.1292", "1.2.246.537.6.112", "1.2.246.537.6.1290", "2018", "2019", "2024.11.28", "G01"),
]
# Texts that no column takes: a control character, a length that no code has.
NEVER_GOOD = ["A\x07B", "A" * 200]
# Each with another of the finds of a scan; nobody's code, number or address.
NAMING = ["010594Y9021", "Soita 040 1234567", "m.m@esimerkki.fi", "Asuu Hämeenkatu 12 A 3"]

Row = dict[str, str]


class NoBadValue(Exception):
    """The test does not know how to break this rule, and so cannot see it held."""


@dataclass(frozen=True)
class Bad:
    """Texts that make a good row of the day `day` a bad one."""

    changes: Row
    day: date = DAY
    alike: int = 1  # rows with the same key


def write_registers(project_root: Path) -> None:
    """The seeds that the door reads, under another project root."""
    seeds = project_root / "dbt" / "seeds"
    seeds.mkdir(parents=True)
    for name, header, rows in (
        ("municipality", ["municipality_code", "valid_from", "valid_to"], MUNICIPALITIES),
        ("county", ["county_code"], [(code,) for code in COUNTIES]),
    ):
        with (seeds / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY


def good_rows(contract: Contract, count: int, day: date = DAY) -> list[Row]:
    """Rows that break nothing on that day; their keys differ as long as the key can, the first one's from all."""
    keys = list(islice(product(*(_choices(contract, name, day) for name in contract.key)), count))
    rest = {name: _choices(contract, name, day)[0] for name in contract.columns if name not in contract.key}
    chosen = [keys[0], *(keys[1 + n % (len(keys) - 1)] for n in range(count - 1))]
    return [rest | dict(zip(contract.key, key, strict=True)) for key in chosen]


def _choices(contract: Contract, name: str, day: date) -> list[str]:
    """Good texts of a column, of which a key needs several."""
    column = contract.columns[name]
    domain = column.domain
    if column.column_class == "identifier" and not column.holds_ready_pseudonym:
        return [identity_code(BORN + n * ONE_DAY, SIGNS[19][0], 900 + n % 100) for n in range(200)]
    if column.column_class in ("identifier", "key"):
        return [f"{name}-{n}" for n in range(200)]
    for other in contract.columns.values():
        if name in other.domain.where:
            return [other.domain.where[name]]
    if domain.municipality_on:
        return [code for code, start, end in MUNICIPALITIES if not start and not end]
    if domain.values is not None:
        return [code for code in domain.values if _in_use(column, code, day)]
    if domain.pattern is not None:
        return [word for word in WORDS if re.fullmatch(domain.pattern, word)]
    if column.type == "integer":
        if any(name == other.domain.municipality_on for other in contract.columns.values()):
            return [str(day.year)]
        low = domain.min if domain.min is not None else 0
        return [str(n) for n in range(low, 1 + min(low + 200, domain.max if domain.max is not None else low + 200))]
    if column.type == "month" and contract.whole_table and name in contract.key:
        months = (day.replace(year=day.year + n // 12, month=1 + n % 12) for n in range(day.month - 1, day.month + 23))
        return [_written(contract, column, month) for month in months]
    if column.type == "date" and name in contract.key and name != contract.period_column:
        return [_written(contract, column, day + n * ONE_DAY) for n in range(200)]
    return [_written(contract, column, day)]


def _in_use(column: Column, code: str, day: date) -> bool:
    since, until = column.domain.since.get(code), column.domain.until.get(code)
    return (since is None or since <= day) and (until is None or day <= until)


def _written(contract: Contract, column: Column, day: date) -> str:
    reader = contract.reader
    match column.type:
        case "eur" | "pct" | "decimal":
            return f"{max(column.domain.min or 0, 0)}{reader.decimal}50"
        case "date":
            return day.strftime(reader.date)
        case "month":
            return day.strftime(reader.month)
        case "timestamp":
            return datetime.combine(day, time(10)).astimezone().strftime(reader.timestamp)
        case "boolean":
            return reader.boolean[1]
        case "partial_date":
            return day.isoformat()
        case _:
            return "" if column.column_class in ("drop", "free_text") else "1"


def bad_rows(contract: Contract, rule: Rule, period: tuple[date, date]) -> list[Bad]:
    """What breaks a rule and none that stands before it; at least one row.

    Raises:
        NoBadValue: the kind of rule is new, or its column has no value that breaks it.
    """
    found = list(_bad_rows(contract, rule, period))
    if not found:
        raise NoBadValue(f"{contract.extract}: nothing is known that breaks '{rule.name}' of {rule.column}")
    return found


def _bad_rows(contract: Contract, rule: Rule, period: tuple[date, date]) -> Iterator[Bad]:
    if rule.name == "unique_key":
        yield Bad({}, alike=2)
        return
    column = contract.columns[rule.column]
    if rule.name == "inside_period":
        for day in (period[0] - ONE_DAY, period[1] + ONE_DAY):
            yield Bad({rule.column: _written(contract, column, day)})
    elif rule.name in ("not_yet_in_use", "no_longer_in_use"):
        yield from _out_of_time(contract, rule.name, rule.column)
    elif rule.name.startswith("municipality_") or rule.name == "county_unknown":
        yield from _wrong_areas(contract, rule.name, rule.column)
    else:
        for text in _bad_texts(contract, rule.name, column):
            yield Bad({rule.column: text})


def _bad_texts(contract: Contract, rule: str, column: Column) -> list[str]:
    domain, decimal = column.domain, contract.reader.decimal
    match rule:
        case "required":
            return ["", " "]
        case "type":
            return _untyped(contract, column)
        case "identity_code":
            code = identity_code(BORN, SIGNS[19][0], 901)
            no_such_day = "310281" + code[6:]
            return [code[:-1] + ("0" if code[-1] != "0" else "1"), no_such_day, code[:-1], "901", "Meikäläinen"]
        case "domain":
            codes = domain.values or []
            return [text for text in ("EI_KOODI", "*", *(code.lower() for code in codes)) if text not in codes][:4]
        case "pattern":
            texts = [*WORDS, "Matti Meikäläinen", *NEVER_GOOD]
            return [text for text in texts if not re.fullmatch(str(domain.pattern), text)]
        case "names_a_person":
            return [text for text in NAMING if domain.pattern is None or re.fullmatch(domain.pattern, text)]
        case "at_least" | "at_most":
            limit = Decimal(str(domain.min if rule == "at_least" else domain.max))
            step = Decimal("0.01") if column.type == "eur" else Decimal(1)
            return [str(limit - step if rule == "at_least" else limit + step).replace(".", decimal)]
        case _:
            raise NoBadValue(f"{contract.extract}: the rule kind '{rule}' is new to this test")


def _untyped(contract: Contract, column: Column) -> list[str]:
    reader = contract.reader
    other = "." if reader.decimal == "," else ","
    match column.type:
        case "integer":
            return ["yksi", "1,5", "1.5", "1e3", "9" * 19, "+1", "1 000"]
        case "eur" | "pct":
            return ["sata", f"1{other}50", f"1{reader.decimal}505", "1 000", "1e3", "9" * 15]
        case "decimal":
            return ["sata", f"1{other}50", f"1{reader.decimal}5050505", "1 000", "1e3", "9" * 15]
        case "date":
            return ["eilen", _no_such_day(reader.date), "00000000"]
        case "month":
            return ["maaliskuu", _no_such_day(reader.month), "2018"]
        case "timestamp":
            return ["eilen", _no_such_day(reader.timestamp)]
        case "boolean":
            return [text for text in ("ehkä", "tosi", "TRUE", "2") if text not in reader.boolean]
        case "partial_date":
            return ["5.3.2018", "2018-13", "2018-02-31", "18", "2018-3", "201803"]
        case _:
            raise NoBadValue(f"{contract.extract}: nothing is known that is no {column.type}")


def _no_such_day(form: str) -> str:
    """A month 13, or the 31st of February, in a form of strptime."""
    month = "02" if "%d" in form else "13"
    for mark, text in (("%d", "31"), ("%m", month), ("%Y", "2018"), ("%H", "10"), ("%M", "00"), ("%S", "00")):
        form = form.replace(mark, text)
    return form


def _out_of_time(contract: Contract, rule: str, name: str) -> Iterator[Bad]:
    domain = contract.columns[name].domain
    if rule == "not_yet_in_use":
        if domain.true_from:
            yield Bad({name: contract.reader.boolean[0]}, domain.true_from - ONE_DAY)
        for code, day in domain.since.items():
            yield Bad({name: code}, day - ONE_DAY)
    else:
        for code, day in domain.until.items():
            yield Bad({name: code}, day + ONE_DAY)


def _wrong_areas(contract: Contract, rule: str, name: str) -> Iterator[Bad]:
    domain = contract.columns[name].domain
    if rule == "county_unknown":
        for other, value in domain.where.items():
            for code in contract.columns[other].domain.values or []:
                if code != value:
                    yield Bad({other: code, name: UNKNOWN_AREA[:2]})
        return
    life = {
        "municipality_unknown": [UNKNOWN_AREA, "Turku"],
        "municipality_ended": [code for code, _start, end in MUNICIPALITIES if end],
        "municipality_not_yet": [code for code, start, _end in MUNICIPALITIES if start],
    }
    for code in life.get(rule, []):
        yield Bad({name: code})

"""Values of formats that tell numbers, dates and text apart, as the text that the contract's reader names.

What cannot be written in that form without a guess gets the mark NUMBER_FOR_TEXT in front and so breaks a rule of its
row: number_for_text in a text column, type in any other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from avainvarasto.contract_readers import Written
from avainvarasto.contracts import NEVER_IN_LAKE, Column, Contract
from avainvarasto.landing.readers.arriving import BLANK, NUMBER_FOR_TEXT
from avainvarasto.landing.readers.json_text import Number

AsText = Callable[[object], str | None]
# A spreadsheet calculates with 15 digits; those beyond are noise of its binary numbers.
SPREADSHEET_DIGITS = 15


def as_texts(contract: Contract) -> dict[str, AsText]:
    """By column, what turns a value of a typed format into the text that is agreed; empty and blank into None."""
    return {name: _as_text(column, contract.reader) for name, column in contract.columns.items()}


def digits_of(number: float | int) -> str:
    """A spreadsheet's number without exponent, a whole one without point; beyond its digits it keeps the exponent."""
    short = format(number, f".{SPREADSHEET_DIGITS}g")
    if abs(number) >= 10**SPREADSHEET_DIGITS:
        return short if "e" in short else format(number, "e")
    plain = format(Decimal(short), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def form_of(column: Column, reader: Written) -> str | None:
    """The form in which a column's dates are written; None for other columns."""
    return {"date": reader.date, "month": reader.month, "timestamp": reader.timestamp, "partial_date": "%Y-%m-%d"}.get(
        column.type
    )


def _as_text(column: Column, reader: Written) -> AsText:
    number, moment = _number(column, reader), _moment(column, reader)
    true, false = reader.boolean

    def convert(value: object) -> str | None:
        if value is None:
            return None
        if type(value) is str:  # nearly all values: no need to look through the cases
            return value if value.strip(BLANK) else None
        match value:
            case Number():
                return number(str(value))
            case bool():
                word = true if value else false
                return word if column.type == "boolean" or column.column_class in NEVER_IN_LAKE else _untold(word)
            case int() | float():
                return number(digits_of(value))
            case datetime():
                return moment(value)
            case date():
                return moment(datetime.combine(value, time()))
            case _:
                return _untold(str(value))

    return convert


def _number(column: Column, reader: Written) -> Callable[[str], str]:
    form = form_of(column, reader)
    codes = frozenset(column.domain.values or ())
    if column.column_class in NEVER_IN_LAKE:
        return str
    if column.type == "string":
        return lambda digits: digits if digits in codes else _untold(digits)
    if column.type == "partial_date":
        return lambda digits: digits if len(digits) == 4 and digits.isdecimal() else _untold(digits)
    if form is not None:
        return lambda digits: digits if _reads_back(digits, form) else _untold(digits)
    if column.type in ("eur", "pct", "decimal"):
        return lambda digits: digits.replace(".", reader.decimal)
    return str


def _moment(column: Column, reader: Written) -> Callable[[datetime], str]:
    """A date as a spreadsheet has it, which knows no difference between a day and its midnight."""
    form = form_of(column, reader)

    def write(value: datetime) -> str:
        if column.column_class in NEVER_IN_LAKE:
            return value.isoformat()
        if form is not None:
            text = value.strftime(form)
            if _parsed(text, form) == value:
                return text
        return _untold(value.isoformat())

    return write


def _reads_back(digits: str, form: str) -> bool:
    """True if a number that stands for a date has lost no zero and is no serial number of a day."""
    moment = _parsed(digits, form)
    return moment is not None and moment.strftime(form) == digits


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def _untold(text: str) -> str:
    return NUMBER_FOR_TEXT + text

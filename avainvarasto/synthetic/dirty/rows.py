"""Rows that break a rule of their contract, or a check, in a file that is otherwise as agreed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from avainvarasto.contract_readers import ParquetReader, XlsxReader
from avainvarasto.landing.readers import load, reading
from avainvarasto.landing.readers.arriving import Arriving
from avainvarasto.synthetic.dirty.kind import Draft, Good, Kind, Outcome, of_extract
from avainvarasto.synthetic.forms import data_file
from avainvarasto.synthetic.hetu import CHECK_CHARACTERS, SIGNS, identity_code

Text = str | None
Row = dict[str, Text]
# Changes rows in place, or adds some; the rows are those of the good file, as text in the forms of its contract.
Change = Callable[[list[Row], Good], None]

MONTHS, LINES, NOTICES = "kela_household_month", "kela_expense_line", "etotu_notification"
ROOM = 100  # rows of which one may be bad where a contract allows a hundredth
_months = of_extract(MONTHS, rows=ROOM)
# The individual number is of the temporary series: nobody's code.
_CODE = identity_code(date(1981, 1, 1), SIGNS[19][0], 901)


def rows_of(good: Good) -> list[Row]:
    """The rows of a good file as the door reads them."""
    with tempfile.TemporaryDirectory() as work, duckdb.connect(config={"threads": 1}) as connection:
        arriving = Arriving(connection, good.path, good.contract, good.folder.name, Path(work))
        load(arriving)
        columns = ", ".join(f'"{name}"' for name in good.contract.columns)
        with reading(arriving):
            found = connection.execute(f"select {columns} from delivered").fetchall()
    return [dict(zip(good.contract.columns, row, strict=True)) for row in found]


def _one(**changes: Text) -> Change:
    """Other texts in a row in the middle."""
    return lambda rows, _good: rows[len(rows) // 2].update(changes)


def _beyond_the_limit(**changes: Text) -> Change:
    """Other texts in one row more than the contract allows to be bad."""

    def change(rows: list[Row], good: Good) -> None:
        for row in rows[: int(good.contract.quarantine_limit * len(rows)) + 1]:
            row.update(changes)

    return change


def _wrong_check(rows: list[Row], _good: Good) -> None:
    row = rows[len(rows) // 2]
    code = str(row["person_id"])
    following = CHECK_CHARACTERS.index(code[-1]) + 1
    row["person_id"] = code[:-1] + CHECK_CHARACTERS[following % len(CHECK_CHARACTERS)]


def _more_decimals(rows: list[Row], _good: Good) -> None:
    row = rows[len(rows) // 2]
    row["granted_eur"] = f"{row['granted_eur']}5"


def _next_month(rows: list[Row], good: Good) -> None:
    _first, last = good.period or (date.min, date.min)
    year, month = (last.year + 1, 1) if last.month == 12 else (last.year, last.month + 1)
    rows[len(rows) // 2]["month"] = f"{date(year, month, 1):{good.contract.reader.month}}"


def _again(rows: list[Row], _good: Good) -> None:
    rows.append(dict(rows[len(rows) // 2]))


def _in_cents(rows: list[Row], good: Good) -> None:
    euros = [name for name, column in good.contract.columns.items() if column.type == "eur"]
    for row in rows:
        for name in euros:
            given = row[name]
            if given:
                cents = Decimal(given.replace(good.contract.reader.decimal, ".")) * 100
                row[name] = f"{cents:.0f}"


def _more_than_needed(rows: list[Row], good: Good) -> None:
    """A grant raised by a hundred euros, and nothing else."""
    mark = good.contract.reader.decimal

    def euros(row: Row, name: str) -> Decimal:
        return Decimal(str(row[name]).replace(mark, "."))

    row = next(row for row in rows if row["housing_cost_eur"] and euros(row, "granted_eur") > 0)
    row["granted_eur"] = f"{euros(row, 'granted_eur') + 100:.2f}".replace(".", mark)


def _code_in_a_text(rows: list[Row], _good: Good) -> None:
    rows[0]["description"] = f"Asiakas {_CODE} ei saanut aikaa."


def _since(extract: str, day: date, rows: int) -> Callable[[Good], bool]:
    """Files of an extract whose whole period lies after a day."""
    suits = of_extract(extract, rows=rows)
    return lambda good: suits(good) and good.period is not None and good.period[0] > day


def _until(extract: str, day: date, rows: int) -> Callable[[Good], bool]:
    """Files of an extract whose whole period lies before a day."""
    suits = of_extract(extract, rows=rows)
    return lambda good: suits(good) and good.period is not None and good.period[1] < day


def _kind(name: str, wrong: str, outcome: Outcome, says: str, change: Change, suits: Callable[[Good], bool]) -> Kind:
    def put(draft: Draft, _goods: Sequence[Good]) -> None:
        rows = rows_of(draft.good)
        change(rows, draft.good)
        draft.put(data_file(draft.good.contract, rows).content, len(rows))

    return Kind(name, wrong, outcome, says, suits, put)


def _bad_row(name: str, wrong: str, rule: str, change: Change, suits: Callable[[Good], bool] = _months) -> Kind:
    return _kind(name, wrong, Outcome.QUARANTINED, rule, change, suits)


KINDS = [
    _bad_row("missing-value", "A value that is required is missing.", "required", _one(granted_eur=None)),
    _bad_row("word-for-number", "A number is written as a word.", "type", _one(n_adults="kaksi")),
    _bad_row("many-decimals", "An amount has three decimals.", "type", _more_decimals),
    _bad_row(
        "other-decimal-mark", "An amount has a point where a comma was agreed.", "type", _one(granted_eur="480.50")
    ),
    _bad_row("unreal-month", "There is no month 13.", "type", _one(month="201813")),
    _bad_row(
        "unreal-date",
        "There is no 31st of February.",
        "type",
        _one(criteria_met_date="31.02.2018"),
        of_extract(NOTICES, rows=ROOM),
    ),
    _bad_row("unknown-code", "A code is none of those agreed.", "domain", _one(household_type="KOMMUUNI")),
    _bad_row(
        "word-for-code",
        "A kind of income is written in words, where codes were agreed.",
        "pattern",
        _one(income_code="palkka"),
        of_extract("kela_income_line", rows=ROOM),
    ),
    _bad_row("negative-amount", "A grant is less than nothing.", "at_least", _one(granted_eur="-10,00")),
    _bad_row(
        "too-many-adults", "A household has more adults than a household can have.", "at_most", _one(n_adults="3")
    ),
    _bad_row(
        "unknown-municipality", "There is no such municipality.", "municipality_unknown", _one(municipality_code="999")
    ),
    _bad_row(
        "ended-municipality",
        "Juankoski (174) was merged into Kuopio at the end of 2016.",
        "municipality_ended",
        _one(municipality_code="174"),
        _since(MONTHS, date(2016, 12, 31), ROOM),
    ),
    _bad_row(
        "unknown-county",
        "A notification went to a wellbeing services county that there is not.",
        "county_unknown",
        _one(area_type="HVA", area_code="77"),
        of_extract(NOTICES, rows=ROOM),
    ),
    _bad_row(
        "not-yet-in-use",
        "A continued reduction was told of before such notifications began in November 2023.",
        "not_yet_in_use",
        _one(is_continuation_reduction="K"),
        _until(NOTICES, date(2023, 11, 1), ROOM),
    ),
    _bad_row("other-month", "A row is of the month after the delivery's period.", "inside_period", _next_month),
    _bad_row(
        "key-twice",
        "A row is there twice: of two that differ nobody knows which is right, so both go.",
        "unique_key",
        _again,
        of_extract(MONTHS, rows=2 * ROOM),
    ),
    _bad_row(
        "wrong-check-character",
        "The check character of an identity code is wrong; the person is made up.",
        "identity_code",
        _wrong_check,
        of_extract(NOTICES, "kela_person", rows=ROOM),
    ),
    _kind(
        "too-many-bad-rows",
        "More rows have an unknown code than the contract allows.",
        Outcome.REFUSED,
        "rows break the contract, more than the 1.0% allowed; most often 'domain' of household_type",
        _beyond_the_limit(household_type="KOMMUUNI"),
        of_extract(MONTHS),
    ),
    _kind(
        "no-longer-in-use",
        "A note on coverage is used after its last day, and of this extract no row may be bad.",
        Outcome.REFUSED,
        "'no_longer_in_use' of note",
        _beyond_the_limit(note="EI_VERTAILUKELPOINEN"),
        _since("kela_coverage", date(2017, 3, 31), 1),
    ),
    _kind(
        "code-in-a-title",
        "A title that is to be published holds an identity code; the code is nobody's.",
        Outcome.REFUSED,
        "'names_a_person' of title",
        _beyond_the_limit(title=f"Asiakas {_CODE}"),
        of_extract("obstacle_title"),
    ),
    _kind(
        "amounts-in-cents",
        "All amounts are in cents; every single one could be true, and together they cannot.",
        Outcome.STOPS,
        "mean",
        _in_cents,
        of_extract(MONTHS),
    ),
    _kind(
        "odd-grant",
        "A grant is higher than needs less income; it may be so, and is worth a question.",
        Outcome.WARNED,
        "A grant is needs less income",
        _more_than_needed,
        of_extract(MONTHS),
    ),
    _kind(
        "code-in-a-kept-text",
        "A text that is kept holds an identity code, which is taken out; the code is nobody's.",
        Outcome.WARNED,
        "kept texts hold no henkilötunnus",
        _code_in_a_text,
        lambda good: good.extract == "obstacle" and isinstance(good.contract.reader, XlsxReader),
    ),
    _kind(
        "unknown-household",
        "An expense is of a household of which nobody has sent the month.",
        Outcome.LEFT_OUT,
        "household_month_of_the_expense",
        _one(household_id="TUNTEMATON-1"),
        lambda good: good.extract == LINES and isinstance(good.contract.reader, ParquetReader),
    ),
]

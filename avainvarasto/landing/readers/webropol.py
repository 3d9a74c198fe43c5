"""A survey as Webropol exports it: one wide sheet, a row a respondent, a column a question.

The words of the form stand in the contract's reader, so that another survey, or another wave with other questions,
needs no code: its supplier gets a reader of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from avainvarasto.contract_readers import Asked, WebropolReader
from avainvarasto.landing.readers.arriving import Arriving, ask, refuse
from avainvarasto.landing.readers.fan_out import FanOut, part
from avainvarasto.landing.readers.laid_out import (
    NO_CODE,
    Cell,
    cell_text,
    code_of,
    filled_across,
    header_text,
    hold_width,
    is_blank,
    number_text,
    sheet_rows,
    stripped,
)
from avainvarasto.landing.readers.sheet import cell_name

_PER_CENT = re.compile(r"(-?[0-9]+)(?:[.,]([0-9]+))?\s*%?")


@dataclass
class _Respondent:
    """What the columns of one row tell."""

    values: dict[str, str] = field(default_factory=dict)
    attributes: dict[tuple[str, str], None] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, str]] = field(default_factory=list)


def load(arriving: Arriving) -> None:
    """Fill `delivered` of the respondents and of their attributes, shares of work and answers.

    src_row is the row of the sheet. Rows without any cell are none.

    Raises:
        DeliveryRefused: the file is no workbook with the agreed sheet, or its headers are not those of the reader.
    """
    reader = arriving.contract.reader_as(WebropolReader)
    first, first_record = reader.header_row, reader.header_row + reader.header_rows
    header: list[list[Cell]] = []
    columns: list[Asked] = []
    with sheet_rows(arriving, reader.sheet, first_record) as sheet, FanOut(arriving) as tables:
        for number, row in sheet.rows:
            if first <= number < first_record:
                header.append(filled_across(row, number - 1, sheet.merged))
                if len(header) == reader.header_rows:
                    columns = _columns(arriving, reader, _joined(header))
            elif columns and not all(map(is_blank, row)):
                hold_width(row, len(columns), arriving, number)
                _add(arriving, reader, tables, number, _told(arriving, reader, columns, row))
    if not columns:
        raise refuse(arriving.place, f"has no header in row {first}", ask(arriving.contract))


def _joined(header: list[list[Cell]]) -> list[str]:
    """One header a column: the question, and below it the option where there is one."""
    parts = [[header_text(cell) for cell in row] for row in header]
    return [": ".join(dict.fromkeys(filter(None, texts))) for texts in zip_longest(*parts, fillvalue="")]


def _columns(arriving: Arriving, reader: WebropolReader, header: list[str]) -> list[Asked]:
    """What each column is; headers are those of the reader, no more and no less."""
    last = reader.header_row + reader.header_rows - 1
    place = f"{arriving.place} row {last}"
    known = {header_text(words): asked for words, asked in reader.questions.items()}
    while header and not header[-1]:
        header.pop()
    for index, words in enumerate(header):
        if words not in known:
            raise refuse(
                f"{arriving.place} cell {cell_name(last, index + 1)}",
                "is none of the form's headers",
                f"name it in expectations/contracts/{arriving.contract.extract}.yml (questions of the reader; "
                f"ignored: true leaves it out), or {ask(arriving.contract)}",
            )
    counts = Counter(words for words in header if not known[words].ignored)
    if twice := next((words for words, n in counts.items() if n > 1), None):
        raise refuse(place, f"the header '{twice}' stands twice", ask(arriving.contract))
    if missing := [words for words, asked in known.items() if words not in counts and not asked.ignored]:
        raise refuse(place, f"the header '{missing[0]}' is missing", ask(arriving.contract))
    return [known[words] for words in header]


def _told(arriving: Arriving, reader: WebropolReader, columns: list[Asked], row: list[Cell]) -> _Respondent:
    told = _Respondent()
    for asked, cell in zip(columns, row, strict=False):
        if asked.ignored or is_blank(cell):
            continue
        text = stripped(cell_text(cell, arriving, whole_number=asked.whole_number))
        if asked.column:
            told.values[asked.column] = _code(asked, text)
        elif asked.attribute and asked.code:
            if (mark := _option(asked, reader, _plain(cell, arriving))) is not None:
                told.attributes[asked.attribute, mark] = None
        elif asked.attribute:
            for value in _several(text, reader.separators):
                told.attributes[asked.attribute, _code(asked, value)] = None
        elif asked.share:
            told.shares[asked.share] = _share(cell, text)
        elif asked.question:
            told.answers.append((asked.question, _plain(cell, arriving)))
    return told


def _plain(cell: Cell, arriving: Arriving) -> str:
    """Text for reading, where a number is as good as any other."""
    return stripped(cell_text(cell, arriving, whole_number=True))


def _code(asked: Asked, text: str) -> str:
    return code_of(text, asked.codes) if asked.codes else text


def _option(asked: Asked, reader: WebropolReader, text: str) -> str | None:
    """The option's code if it was chosen; text that is neither a mark nor none cannot be told."""
    if text in reader.marks or header_text(text) in map(header_text, asked.codes):
        return asked.code
    return None if text in reader.no_marks else NO_CODE + text


def _several(text: str, separators: list[str]) -> Iterator[str]:
    for value in re.split("|".join(map(re.escape, separators)), text.replace("\r\n", "\n")):
        if stripped(value):
            yield stripped(value)


def _share(cell: Cell, text: str) -> str:
    """Per cent: a number with two decimals, or text with or without the sign; other text is left to the rules."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return number_text(round(float(cell), 2))
    written = _PER_CENT.fullmatch(text)
    return text if written is None else ".".join(filter(None, written.groups()))


def _add(arriving: Arriving, reader: WebropolReader, tables: FanOut, number: int, told: _Respondent) -> None:
    survey = {"survey_code": reader.survey_code, "wave": reader.wave}
    tables.add(arriving.contract.extract, number, survey | told.values)
    of: dict[str, str | None] = {**survey, "respondent_id": told.values.get("respondent_id")}
    for attribute, code in told.attributes:
        tables.add(part(arriving, "attr"), number, of | {"attr_type": attribute, "code": code})
    if told.shares:
        tables.add(part(arriving, "work_share"), number, of | told.shares)
    seqs: Counter[str] = Counter()
    for question, answer in told.answers:
        seqs[question] += 1
        texts = {"question_code": question, "seq": str(seqs[question]), "answer_text": answer}
        tables.add(part(arriving, "answer"), number, of | texts)

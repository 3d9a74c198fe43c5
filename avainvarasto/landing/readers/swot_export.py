"""Noted lines of SWOT workshops as the platform exports them: titles, merged headers, several lines in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from avainvarasto.contract_readers import SwotReader
from avainvarasto.landing.readers.arriving import BLANK, Arriving, ask, refuse
from avainvarasto.landing.readers.fan_out import FanOut
from avainvarasto.landing.readers.laid_out import (
    NO_CODE,
    Cell,
    cell_text,
    code_of,
    filled_across,
    header_text,
    hold_width,
    is_blank,
    sheet_rows,
    stripped,
)
from avainvarasto.landing.readers.sheet import cell_name

LINES = "swot_row"
# A line's number is the card's and two digits for its place on the card; a card with more lines is no card.
LINES_A_CARD = 100
OF_THE_LINE = ("theme_code", "analysis_status", "coder_id", "duplicate_of")
_CARD_AND_LINE = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True)
class _Column:
    """A column of cards, or a place for noted lines under a phase and a kind."""

    name: str | None = None
    phase: str | None = None
    kind: str | None = None


def load(arriving: Arriving) -> None:
    """Fill `delivered` of the cards and of the lines noted on them; src_row is the row of the sheet.

    Raises:
        DeliveryRefused: the file is no workbook with the agreed sheet, its headers are not those of the reader, cells
            of cards are merged, or a card has more lines than can be numbered.
    """
    reader = arriving.contract.reader_as(SwotReader)
    upper: list[str] = []
    columns: list[_Column] = []
    with sheet_rows(arriving, reader.sheet, reader.header_row + 1) as sheet, FanOut(arriving) as tables:
        for number, row in sheet.rows:
            if number == reader.header_row - 1:
                upper = [header_text(cell) for cell in filled_across(row, number - 1, sheet.merged)]
            elif number == reader.header_row:
                columns = _columns(arriving, reader, upper, [header_text(cell) for cell in row])
            elif columns and not all(map(is_blank, row)):
                _add(arriving, reader, tables, number, columns, row)
    if not columns:
        raise refuse(arriving.place, f"has no header in row {reader.header_row}", ask(arriving.contract))


def _columns(arriving: Arriving, reader: SwotReader, upper: list[str], lower: list[str]) -> list[_Column]:
    """What each column is; a header of cards may stand in either row, and be merged over both."""
    place = f"{arriving.place} row {reader.header_row}"
    columns = []
    upper += [""] * (len(lower) - len(upper))
    for index, (above, below) in enumerate(zip(upper, lower, strict=False)):
        column = _column(reader, above, below)
        if column is None and (above or below):
            raise refuse(
                f"{arriving.place} cell {cell_name(reader.header_row, index + 1)}",
                "is none of the platform's headers",
                f"name it in expectations/contracts/{arriving.contract.extract}.yml (phases, kinds or rename of the "
                f"reader), or {ask(arriving.contract)}",
            )
        columns.append(column or _Column())
    found = [column for column in columns if column != _Column()]
    names = [column.name for column in found if column.name]
    if len(found) != len(set(found)):
        raise refuse(place, "a column stands twice", ask(arriving.contract))
    if missing := [words for words, name in reader.rename.items() if name not in names]:
        raise refuse(place, f"the header '{missing[0]}' is missing", ask(arriving.contract))
    if not any(column.phase for column in found):
        raise refuse(place, "has no phase over its kinds", ask(arriving.contract))
    return columns


def _column(reader: SwotReader, above: str, below: str) -> _Column | None:
    if above in reader.phases and below in reader.kinds:
        return _Column(phase=reader.phases[above], kind=reader.kinds[below])
    names = {text for text in (above, below) if text}
    if len(names) == 1 and (name := reader.rename.get(names.pop())):
        return _Column(name=name)
    return None


def _add(
    arriving: Arriving, reader: SwotReader, tables: FanOut, number: int, columns: list[_Column], row: list[Cell]
) -> None:
    card: dict[str, str] = {}
    noted: list[tuple[_Column, str]] = []
    for index, cell in enumerate(row):
        column = columns[index] if index < len(columns) else _Column()
        if is_blank(cell):
            continue
        if column == _Column():
            hold_width(row, index, arriving, number)
        if column.name:
            whole = column.name in ("card_no", "duplicate_of")
            card[column.name] = stripped(cell_text(cell, arriving, whole_number=whole))
        else:
            noted += [(column, line) for line in _lines(cell_text(cell, arriving, whole_number=True))]
    if len(noted) >= LINES_A_CARD:
        raise refuse(
            f"{arriving.place} row {number}",
            f"has {len(noted)} noted lines; a card has fewer than {LINES_A_CARD}",
            ask(arriving.contract),
        )
    of_lines = {name: _each(card.get(name), len(noted)) for name in OF_THE_LINE}
    whole_card = {name: _coded(reader, name, text) for name, text in card.items() if name not in OF_THE_LINE}
    tables.add(arriving.contract.extract, number, whole_card | {"n_lines": str(len(noted))})
    for place, (column, line) in enumerate(noted, 1):
        own = {name: _coded(reader, name, values[place - 1]) for name, values in of_lines.items()}
        own["duplicate_of"] = _row_no(own["duplicate_of"])
        tables.add(
            LINES,
            number,
            {name: whole_card.get(name) for name in ("workshop_id", "source_stage", "organisation")}
            | own
            | {
                "row_no": _row_no(f"{card.get('card_no')}.{place}"),
                "phase": column.phase,
                "swot": column.kind,
                "text": line,
            },
        )


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.strip(BLANK):
            yield line.strip(BLANK)


def _each(given: str | None, count: int) -> list[str | None]:
    """What a column says of each line: one value is that of all; several must be as many as lines, or are marked."""
    values: list[str | None] = list(_lines(given or ""))
    if len(values) <= 1:
        return (values or [None]) * count
    return values if len(values) == count else [f"{NO_CODE}{values[0]}"] * count


def _coded(reader: SwotReader, name: str, text: str | None) -> str | None:
    codes = reader.codes.get(name)
    if text is None or codes is None or text.startswith(NO_CODE):
        return text
    return code_of(text, codes)


def _row_no(text: str | None) -> str | None:
    """The number of a line by card and place (`12.3`; `12` is its first line); other text is left to the rules."""
    found = _CARD_AND_LINE.fullmatch(text or "")
    return text if found is None else str(int(found.group(1)) * LINES_A_CARD + int(found.group(2) or 1))

"""CSV as PxWeb writes it, long or wide. Reading lines is the business of `delimited`; here are its peculiarities."""

from __future__ import annotations

import re
from dataclasses import replace

from avainvarasto.contract_readers import CsvReader, PxWebReader
from avainvarasto.contracts import Column
from avainvarasto.landing.readers import delimited
from avainvarasto.landing.readers.arriving import Arriving, ask, hold_header, refuse
from avainvarasto.landing.readers.cells import add_rows, hold_size, our_code
from avainvarasto.landing.readers.heads import header_of
from avainvarasto.landing.readers.table import create
from avainvarasto.landing.sql import literal, quoted


def load(arriving: Arriving) -> None:
    """Fill the table `delivered`; src_row is the line in the long form, the number of the cell in the wide one.

    Cells are counted from 1 along the lines. The marks for missing numbers become no value.

    Raises:
        DeliveryRefused: encoding, header or the shape of a line is not what the contract says.
    """
    reader = arriving.contract.reader_as(PxWebReader)
    header = header_of(arriving, reader.delimiter, reader.encoding)
    headings = _headings(header, reader)
    if reader.heading and not headings:
        raise refuse(f"{arriving.place} line 1", "has no header of the form of reader.heading", ask(arriving.contract))
    stub = [name for name in header if name not in headings]
    groups = list(re.compile(reader.heading.pattern).groupindex) if reader.heading else []
    _hold(arriving, reader, header, stub, groups)
    number = reader.rename.get(reader.value, reader.value)
    ours = {reader.rename.get(name, name): f"line.{quoted(name)}" for name in stub}
    if not reader.heading:
        _load_lines(arriving, reader, header)
        numbers = {number: _number(reader, ours[number]), "src_row": "line.src_row"}
        source = "lines as line"
    else:
        hold_size([_load_lines(arriving, reader, header), len(headings)], arriving)
        _note_headings(arriving, headings, groups)
        ours |= {reader.rename.get(name, name): f"heading.{quoted(name)}" for name in groups}
        every = ", ".join(f"line.{quoted(name)}" for name in headings)
        at = f"(line.src_row - 2) * {len(headings)} + heading.place"
        numbers = {number: _number(reader, f"list_extract([{every}], heading.place)"), "src_row": at}
        source = "lines as line cross join headings as heading"
    codes = {name: our_code(reader, name, expression) for name, expression in ours.items()}
    create(arriving.connection, arriving.contract.columns)
    add_rows(arriving, codes | numbers, source)


def _headings(header: list[str], reader: PxWebReader) -> dict[str, dict[str, str | None]]:
    """Headers that are categories of the variable that lies across, with what they say."""
    if reader.heading is None:
        return {}
    pattern = re.compile(reader.heading.pattern)
    return {name: found.groupdict() for name in header if (found := pattern.fullmatch(name))}


def _hold(arriving: Arriving, reader: PxWebReader, header: list[str], stub: list[str], groups: list[str]) -> None:
    at = f"{arriving.place} line 1"
    if len(header) != len(set(header)):
        raise refuse(at, "a column stands twice", ask(arriving.contract))
    hold_header([*stub, *groups, *([reader.value] if reader.heading else [])], arriving.contract, at)


def _load_lines(arriving: Arriving, reader: PxWebReader, header: list[str]) -> int:
    """The table `lines`: the file as it stands, under its own headers."""
    as_it_stands = arriving.contract.model_copy(
        update={
            "reader": CsvReader(
                format="csv", delimiter=reader.delimiter, encoding=reader.encoding, decimal=reader.decimal
            ),
            "columns": {
                name: Column.model_validate({"type": "string", "class": "drop", "description": "As it stands."})
                for name in header
            },
        }
    )
    lines = replace(arriving, contract=as_it_stands)
    delimited.load(lines)
    with delimited.parsing(lines):
        arriving.connection.execute(
            "create or replace table lines as select *, row_number() over () + 1 as src_row from delivered"
        )
    arriving.connection.execute("drop view delivered")
    row = arriving.connection.execute("select count(*) from lines").fetchone()
    return int(row[0]) if row else 0


def _note_headings(arriving: Arriving, headings: dict[str, dict[str, str | None]], groups: list[str]) -> None:
    """The table `headings`: what the header of each column of numbers says, and which it is."""
    said = [tuple(one[name] for name in groups) for one in headings.values()]
    if len(said) != len(set(said)):
        raise refuse(f"{arriving.place} line 1", "two columns of numbers say the same", ask(arriving.contract))
    columns = ", ".join(f"{quoted(name)} varchar" for name in groups)
    marks = ", ".join("?" for _ in groups)
    arriving.connection.execute(f"create or replace table headings (place integer, {columns})")
    arriving.connection.executemany(
        f"insert into headings values (?, {marks})", [(n, *one) for n, one in enumerate(said, start=1)]
    )


def _number(reader: PxWebReader, expression: str) -> str:
    """A cell's number, or no value where one of the marks stands."""
    marks = ", ".join(literal(mark) for mark in reader.missing)
    return f"case when trim({expression}) not in ({marks}) then {expression} end" if marks else expression

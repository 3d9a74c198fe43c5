"""Delimited text as suppliers send it, parsed as it is read: nothing of it is copied first, unless to change encoding.

Errors of the parser quote the file's content, so none of them is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from avainvarasto.contract_readers import DelimitedReader
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers.arriving import (
    MAX_LINE_BYTES,
    Arriving,
    ask,
    hold_header,
    refuse,
    unless_blank,
)
from avainvarasto.landing.readers.heads import header_of
from avainvarasto.landing.readers.text_file import refuse_nul_bytes
from avainvarasto.landing.sql import literal, quoted

_LINE = re.compile(r"Line: (\d+)")


def load(arriving: Arriving) -> None:
    """Make `delivered` a view on the file; its rows come in the order of the lines, the first from line 2.

    Raises:
        DeliveryRefused: encoding or header are not what the contract says.
    """
    contract, reader = arriving.contract, arriving.contract.reader_as(DelimitedReader)
    header = header_of(arriving, reader.delimiter, reader.encoding)
    hold_header(header, contract, f"{arriving.place} line 1")
    refuse_nul_bytes(arriving.path, arriving.place, contract)
    readable = arriving.path
    if reader.encoding != "utf-8":
        readable = arriving.work / "recoded.csv"
        _recode(arriving.path, readable, reader.encoding, arriving.place)
    names = [reader.rename.get(name, name) for name in header]
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    texts = ", ".join(f"{unless_blank(quoted(name))} as {quoted(name)}" for name in names)
    arriving.connection.execute(
        f"""
        create or replace view delivered as
        select {texts}
        from read_csv({literal(str(readable))}, columns = {{{columns}}}, delim = '{reader.delimiter}', header = false,
                      skip = 1, quote = '"', escape = '"', nullstr = '', auto_detect = false, strict_mode = true,
                      encoding = 'utf-8',
                      max_line_size = {MAX_LINE_BYTES}, buffer_size = {2 * MAX_LINE_BYTES})
        """
    )


@contextmanager
def parsing(arriving: Arriving) -> Iterator[None]:
    """Around everything that reads the view: what the parser does not take refuses the delivery.

    Raises:
        DeliveryRefused: a line is not what the contract says.
    """
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if "CSV" not in str(error):  # "CSV Error on Line", "The CSV Parser state machine", "the CSV File"
            raise
        raise _complaint(arriving, error) from None


def _complaint(arriving: Arriving, error: Exception) -> DeliveryRefused:
    """What the parser's error says of the file, without its content."""
    line = _LINE.search(str(error))
    contract, reader = arriving.contract, arriving.contract.reader_as(DelimitedReader)
    n_columns = len(contract.columns)
    return refuse(
        f"{arriving.place} line {line.group(1)}" if line else arriving.place,
        f"a line is not {reader.encoding} or does not have {n_columns} columns with '{reader.delimiter}'",
        ask(contract),
    )


def _recode(path: Path, target: Path, encoding: str, place: str) -> None:
    """Copy to UTF-8 inside the landing zone; the parser reads UTF-8 only."""
    try:
        with path.open(encoding=encoding, newline="") as stream, target.open("w", encoding="utf-8", newline="") as out:
            while chunk := stream.read(1 << 20):
                out.write(chunk)
    except UnicodeDecodeError:
        raise refuse(place, f"is not {encoding}", "send it in the agreed encoding") from None

"""Delimited text as suppliers send it, parsed as it is read: nothing of it is copied first, unless to change encoding.

Errors of the parser quote the file's content, so none of them is passed on.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from avainvarasto.contract_readers import CsvReader, PackageReader
from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers.arriving import BLANK, MAX_LINE_BYTES, Arriving, ask, hold_header, refuse
from avainvarasto.landing.readers.text_file import refuse_nul_bytes
from avainvarasto.landing.sql import literal, quoted

_LINE = re.compile(r"Line: (\d+)")


def load(arriving: Arriving) -> None:
    """Make `delivered` a view on the file; its rows come in the order of the lines, the first from line 2.

    Raises:
        DeliveryRefused: encoding or header are not what the contract says.
    """
    contract, reader = arriving.contract, _reader(arriving.contract)
    header = _header(arriving.path, contract, reader, arriving.place)
    refuse_nul_bytes(arriving.path, arriving.place, contract)
    readable = arriving.path
    if reader.encoding != "utf-8":
        readable = arriving.work / "recoded.csv"
        _recode(arriving.path, readable, reader.encoding, arriving.place)
    names = [reader.rename.get(name, name) for name in header]
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    texts = ", ".join(f"{_unless_blank(quoted(name))} as {quoted(name)}" for name in names)
    arriving.connection.execute(
        f"""
        create or replace view delivered as
        select {texts}
        from read_csv({literal(str(readable))}, columns = {{{columns}}}, delim = '{reader.delimiter}', header = false,
                      skip = 1, quote = '"', escape = '"', nullstr = '', auto_detect = false, strict_mode = true,
                      encoding = 'utf-8', max_line_size = {MAX_LINE_BYTES})
        """
    )


def complaint(arriving: Arriving, error: Exception) -> DeliveryRefused | None:
    """What an error met while reading the view says of the file, without its content; None if it is no such error."""
    if "CSV Error" not in str(error):
        return None
    line = _LINE.search(str(error))
    reader, contract = _reader(arriving.contract), arriving.contract
    n_columns = len(contract.columns)
    return refuse(
        f"{arriving.place} line {line.group(1)}" if line else arriving.place,
        f"a line is not {reader.encoding} or does not have {n_columns} columns with '{reader.delimiter}'",
        ask(contract),
    )


def _reader(contract: Contract) -> CsvReader | PackageReader:
    if not isinstance(contract.reader, CsvReader | PackageReader):
        raise TypeError(f"{contract.extract} is not delimited text")
    return contract.reader


def _unless_blank(text: str) -> str:
    """SQL of a text that is NULL when blank; most begin with a visible ASCII character, and trimming is dear."""
    return (
        f"case when {text} >= '!' and {text} < chr(127) then {text} when trim({text}, '{BLANK}') <> '' then {text} end"
    )


def _header(path: Path, contract: Contract, reader: CsvReader | PackageReader, place: str) -> list[str]:
    """The header's names, held against the contract."""
    encoding = "utf-8-sig" if reader.encoding == "utf-8" else reader.encoding
    with path.open("rb") as stream:
        first = stream.readline(MAX_LINE_BYTES)
    try:
        header = next(csv.reader([first.decode(encoding)], delimiter=reader.delimiter), [])
    except UnicodeDecodeError:
        raise refuse(f"{place} line 1", f"is not {reader.encoding}", ask(contract)) from None
    except csv.Error:  # a quote or a line end where none can be
        raise refuse(f"{place} line 1", "is not a header line", ask(contract)) from None
    hold_header(header, contract, f"{place} line 1")
    return header


def _recode(path: Path, target: Path, encoding: str, place: str) -> None:
    """Copy to UTF-8 inside the landing zone; the parser reads UTF-8 only."""
    try:
        with path.open(encoding=encoding, newline="") as stream, target.open("w", encoding="utf-8", newline="") as out:
            while chunk := stream.read(1 << 20):
                out.write(chunk)
    except UnicodeDecodeError:
        raise refuse(place, f"is not {encoding}", "send it in the agreed encoding") from None

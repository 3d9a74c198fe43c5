"""Delimited text as suppliers send it.

Errors of the parser quote the file's content, so none of them is passed on.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

from avainvarasto.contract_readers import CsvReader, PackageReader
from avainvarasto.contracts import Contract
from avainvarasto.landing.readers.arriving import BLANK, MAX_LINE_BYTES, Arriving, ask, hold_header, refuse
from avainvarasto.landing.readers.text_file import refuse_nul_bytes


def load(arriving: Arriving) -> int:
    """Fill the table `delivered`; src_row is the line of the file.

    Returns:
        the number of rows.

    Raises:
        DeliveryRefused: encoding, header or the shape of a line is not what the contract says.
    """
    connection, path, contract = arriving.connection, arriving.path, arriving.contract
    place, work, reader = arriving.place, arriving.work, contract.reader
    if not isinstance(reader, CsvReader | PackageReader):
        raise TypeError(f"{contract.extract} is not delimited text")
    refuse_nul_bytes(path, place, contract)
    header = _header(path, contract, reader, place)
    readable = path
    if reader.encoding != "utf-8":
        readable = work / "recoded.csv"
        _recode(path, readable, reader.encoding, place)
    columns = {reader.rename.get(name, name): "VARCHAR" for name in header}
    try:
        connection.execute(
            """
            create or replace table delivered as
            select case when trim(columns(*), $blank) <> '' then columns(*) end, row_number() over () + 1 as src_row
            from read_csv($path, columns = $columns, delim = $delimiter, header = false, skip = 1, quote = '"',
                          escape = '"', nullstr = '', auto_detect = false, strict_mode = true, encoding = 'utf-8',
                          max_line_size = $max_line)
            """,
            {
                "path": str(readable),
                "columns": columns,
                "delimiter": reader.delimiter,
                "max_line": MAX_LINE_BYTES,
                "blank": BLANK,
            },
        )
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise  # the disk's fault, not the supplier's
    except duckdb.Error as error:
        line = re.search(r"Line: (\d+)", str(error))
        at = f"{place} line {line.group(1)}" if line else place
        raise refuse(
            at,
            f"a line is not {reader.encoding} or does not have {len(columns)} columns with '{reader.delimiter}'",
            ask(contract),
        ) from None
    finally:
        if readable != path:
            readable.unlink(missing_ok=True)
    row = connection.execute("select count(*) from delivered").fetchone()
    return int(row[0]) if row else 0


def _header(path: Path, contract: Contract, reader: CsvReader | PackageReader, place: str) -> list[str]:
    """The header's names, held against the contract."""
    encoding = "utf-8-sig" if reader.encoding == "utf-8" else reader.encoding
    with path.open("rb") as stream:
        first = stream.readline(MAX_LINE_BYTES)
    try:
        header = next(csv.reader([first.decode(encoding)], delimiter=reader.delimiter), [])
    except UnicodeDecodeError:
        raise refuse(f"{place} line 1", f"is not {reader.encoding}", ask(contract)) from None
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

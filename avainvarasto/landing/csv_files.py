"""CSV as suppliers send it, into an all-text DuckDB table `delivered` with its line numbers.

Errors of the parser quote the file's content, so none of them is passed on.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.deliveries import NOTHING_LOADED

MAX_LINE_BYTES = 2_000_000
BLANK = " \t\u00a0"
_COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def load_csv(connection: duckdb.DuckDBPyConnection, path: Path, contract: Contract, place: str, work: Path) -> int:
    """Fill the table `delivered` (contract columns as text, empty and blank as NULL, src_row = line of the file).

    Returns:
        the number of rows.

    Raises:
        DeliveryRefused: encoding, header or the shape of a line is not what the contract says.
    """
    reader = contract.reader
    header = _header(path, contract, place)
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
        raise _refuse(
            at,
            f"a line is not {reader.encoding} or does not have {len(columns)} columns with '{reader.delimiter}'",
            _ask(contract),
        ) from None
    finally:
        if readable != path:
            readable.unlink(missing_ok=True)
    row = connection.execute("select count(*) from delivered").fetchone()
    return int(row[0]) if row else 0


def _header(path: Path, contract: Contract, place: str) -> list[str]:
    """The header's names, held against the contract; a line that is no header is not quoted."""
    encoding = "utf-8-sig" if contract.reader.encoding == "utf-8" else contract.reader.encoding
    with path.open("rb") as stream:
        first = stream.readline(MAX_LINE_BYTES)
    try:
        header = next(csv.reader([first.decode(encoding)], delimiter=contract.reader.delimiter), [])
    except UnicodeDecodeError:
        raise _refuse(f"{place} line 1", f"is not {contract.reader.encoding}", _ask(contract)) from None
    names = [contract.reader.rename.get(name, name) for name in header]
    missing = [name for name in contract.columns if name not in names]
    extra = [name for name in names if name not in contract.columns]
    agreed = f"contract {contract.extract} (version {contract.version})"
    if len(missing) * 2 > len(contract.columns):
        raise _refuse(f"{place} line 1", f"is not a header of {agreed}", _ask(contract))
    if missing:
        raise _refuse(f"{place} line 1", f"column '{missing[0]}' of {agreed} is missing", _ask(contract))
    if extra:
        shown = f"column '{extra[0]}'" if _COLUMN_NAME.fullmatch(extra[0]) else "a column"
        raise _refuse(
            f"{place} line 1",
            f"{shown} is not in {agreed}",
            f"map it in expectations/contracts/{contract.extract}.yml (reader.rename, or a new version), "
            f"or {_ask(contract)}",
        )
    if len(names) != len(set(names)):
        raise _refuse(f"{place} line 1", "a column stands twice", _ask(contract))
    return header


def _recode(path: Path, target: Path, encoding: str, place: str) -> None:
    """Copy to UTF-8 inside the landing zone; the parser reads UTF-8 only."""
    try:
        with path.open(encoding=encoding, newline="") as stream, target.open("w", encoding="utf-8", newline="") as out:
            while chunk := stream.read(1 << 20):
                out.write(chunk)
    except UnicodeDecodeError:
        raise _refuse(place, f"is not {encoding}", "send it in the agreed encoding") from None


def _ask(contract: Contract) -> str:
    ask = f"ask {contract.supplier} for the agreed layout"
    if not contract.readers:
        return ask
    named = ", ".join(f"'{supplier}'" for supplier in contract.readers)
    return f"{ask}; files of {named} are read in a form of their own, if delivery.yml names the supplier so"


def _refuse(where: str, problem: str, remedy: str) -> DeliveryRefused:
    return DeliveryRefused(where, problem, consequence=NOTHING_LOADED, remedy=remedy)

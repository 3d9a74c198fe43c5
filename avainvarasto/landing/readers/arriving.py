"""What every reader is given, what it leaves, and the refusals that all of them share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.deliveries import NOTHING_LOADED
from avainvarasto.landing.sql import literal

MAX_LINE_BYTES = 2_000_000
BLANK = " \t\u00a0"
# Stands before a number that came where text was agreed: 99 may have been 099, and nobody can tell any more.
NUMBER_FOR_TEXT = "\ue000"
_COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True)
class Arriving:
    """One delivered file on its way in.

    A reader makes the table `delivered` of the connection: the contract's columns as text in the forms that the
    contract's reader names, empty and blank as NULL, and src_row, the line (or record) of the file. A form that is
    parsed while it is read may leave a view without src_row: its rows are the lines from the second on. The reader of
    a document makes a table `"<part>".delivered` for each part as well, where src_row is that of the record.

    `work` is a folder inside the landing zone that goes when the file is done.
    """

    connection: duckdb.DuckDBPyConnection
    path: Path
    contract: Contract
    place: str
    work: Path
    parts: Sequence[Contract] = ()


def hold_header(header: Sequence[str], contract: Contract, place: str) -> list[str]:
    """A header's names in the contract's words; a line that is no header is not quoted.

    Raises:
        DeliveryRefused: a column is missing, unknown or there twice.
    """
    names = [contract.reader.rename.get(name, name) for name in header]
    missing = [name for name in contract.columns if name not in names]
    agreed = f"contract {contract.extract} (version {contract.version})"
    if len(missing) * 2 > len(contract.columns):
        raise refuse(place, f"is not a header of {agreed}", ask(contract))
    if missing:
        raise refuse(place, f"column '{missing[0]}' of {agreed} is missing", ask(contract))
    for name in names:
        if name not in contract.columns:
            raise unknown_column(name, contract, place)
    if len(names) != len(set(names)):
        raise refuse(place, "a column stands twice", ask(contract))
    return names


def unknown_column(name: str, contract: Contract, place: str) -> DeliveryRefused:
    """The refusal of a column that was not agreed; what does not look like a column's name is not quoted."""
    shown = f"column '{name}'" if _COLUMN_NAME.fullmatch(name) else "a column"
    return refuse(
        place,
        f"{shown} is not in contract {contract.extract} (version {contract.version})",
        f"map it in expectations/contracts/{contract.extract}.yml (reader.rename, or a new version), "
        f"or {ask(contract)}",
    )


def unless_blank(text: str) -> str:
    """SQL of a text that is NULL when blank; most begin with a visible ASCII character, and trimming is dear."""
    return (
        f"case when {text} >= '!' and {text} < chr(127) then {text} "
        f"when trim({text}, {literal(BLANK)}) <> '' then {text} end"
    )


def ask(contract: Contract) -> str:
    """The remedy that the supplier has in its hands."""
    wish = f"ask {contract.supplier} for the agreed layout"
    if not contract.readers:
        return wish
    named = ", ".join(f"'{supplier}'" for supplier in contract.readers)
    return f"{wish}; files of {named} are read in a form of their own, if delivery.yml names the supplier so"


def refuse(where: str, problem: str, remedy: str) -> DeliveryRefused:
    """The refusal of a whole delivery."""
    return DeliveryRefused(where, problem, consequence=NOTHING_LOADED, remedy=remedy)

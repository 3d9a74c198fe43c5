"""What statistical tables share: codes that are written otherwise than ours, put right in the table `delivered`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from avainvarasto.contract_readers import JsonStatReader, PxWebReader
from avainvarasto.landing.readers.arriving import Arriving, ask, refuse
from avainvarasto.landing.sql import literal, quoted

MOST_CELLS = 2_000_000


def hold_size(sizes: Sequence[int], arriving: Arriving) -> int:
    """The number of cells.

    Raises:
        DeliveryRefused: there are more than one file may have.
    """
    cells = 1
    for size in sizes:
        cells *= size
        if cells > MOST_CELLS:
            raise refuse(
                arriving.place,
                f"has more than {MOST_CELLS} cells",
                f"deliver fewer years or classes at a time, or {ask(arriving.contract)}",
            )
    return cells


def our_code(reader: JsonStatReader | PxWebReader, column: str, expression: str) -> str:
    """SQL of a code in the contract's words."""
    if prefix := reader.prefix.get(column):
        bare = f"substr({expression}, {len(prefix) + 1})"
        expression = f"case when starts_with({expression}, {literal(prefix)}) then {bare} else {expression} end"
    if codes := reader.codes.get(column):
        known = " ".join(f"when {literal(theirs)} then {literal(ours)}" for theirs, ours in codes.items())
        expression = f"case {expression} {known} else {expression} end"
    return expression


def add_rows(arriving: Arriving, columns: Mapping[str, str], source: str) -> None:
    """Rows of `source` into the table `delivered`, by an expression a column."""
    select = ", ".join(f"{columns[name]} as {quoted(name)}" for name in [*arriving.contract.columns, "src_row"])
    arriving.connection.execute(f"insert into delivered select * from (select {select} from {source}) order by src_row")

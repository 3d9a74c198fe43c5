"""The agreed sheet of a workbook (.xlsx), opened after the gate in `archive` has let the file through.

Errors of the library quote the file's content, so none of them is passed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from avainvarasto.landing.readers.archive import hold_workbook
from avainvarasto.landing.readers.arriving import Arriving, ask, refuse


@contextmanager
def opened_sheet(arriving: Arriving, name: str, header_row: int) -> Iterator[CalamineSheet]:
    """The sheet of that name, around everything that reads its cells; from `header_row` on it must be plain values.

    Raises:
        DeliveryRefused: the gate does not let the workbook through, or its cells cannot be read.
    """
    hold_workbook(arriving, name, header_row)
    try:
        with CalamineWorkbook.from_path(str(arriving.path)) as book:
            yield book.get_sheet_by_name(name)
    except BaseException as error:
        # A slip inside the library is no Exception.
        if not isinstance(error, CalamineError) and type(error).__name__ != "PanicException":
            raise
        where = f"{arriving.place} sheet '{name}'"
        raise refuse(where, "cannot be read as cells of a workbook", ask(arriving.contract)) from None

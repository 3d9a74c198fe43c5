"""Readers of delivered files, one module a form; what they leave is described in `arriving`."""

from __future__ import annotations

from collections.abc import Callable

from avainvarasto.landing.readers import client_plan, columnar, delimited, json_rows, swot_export, webropol, workbook
from avainvarasto.landing.readers.arriving import Arriving

LOADERS: dict[str, Callable[[Arriving], int]] = {
    "csv": delimited.load,
    "xlsx": workbook.load,
    "parquet": columnar.load,
    "json": json_rows.load,
    "jsonl": json_rows.load,
    "client_plan": client_plan.load,
    "webropol": webropol.load,
    "swot_export": swot_export.load,
}


def load(arriving: Arriving) -> int:
    """Fill the table `delivered` from a file, as its contract's reader says.

    Returns:
        the number of rows (of a document extract: of records).

    Raises:
        DeliveryRefused: the file is not what the contract says; nothing of its content is quoted.
    """
    return LOADERS[arriving.contract.reader.format](arriving)

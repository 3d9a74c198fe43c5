"""The forms in which suppliers send, one module each: rows to the bytes of a file.

The contract says how a supplier writes, so a demo file cannot have a form of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms import (
    client_plan,
    columnar,
    datapackage,
    delimited,
    json_rows,
    jsonstat,
    laid_out,
    pxweb,
    workbook,
)
from avainvarasto.synthetic.forms.base import DataFile, Row, Value

__all__ = ["WRITERS", "DataFile", "Row", "Value", "data_file"]

WRITERS: dict[str, Callable[[Contract, Iterable[Any]], DataFile]] = {
    "csv": delimited.write,
    "datapackage": datapackage.write,
    "jsonstat": jsonstat.write,
    "pxweb": pxweb.write,
    "xlsx": workbook.write,
    "parquet": columnar.write,
    "json": json_rows.write,
    "jsonl": json_rows.write,
    "client_plan": client_plan.write,
    "webropol": laid_out.write_webropol,
    "swot_export": laid_out.write_swot,
}


def data_file(contract: Contract, rows: Iterable[Mapping[str, Any]]) -> DataFile:
    """The rows as the file that the contract describes.

    Raises:
        KeyError: a row has a column that the contract has not.
    """
    return WRITERS[contract.reader.format](contract, rows)

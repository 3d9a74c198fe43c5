"""The forms in which suppliers send, one module each: rows to the bytes of a file.

The contract says how a supplier writes, so a demo file cannot have a form of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms import columnar, datapackage, delimited, json_rows, jsonstat, pxweb, workbook
from avainvarasto.synthetic.forms.base import DataFile, Row, Value

__all__ = ["WRITERS", "DataFile", "Row", "Value", "data_file"]

WRITERS: dict[str, Callable[[Contract, Iterable[Row]], DataFile]] = {
    "csv": delimited.write,
    "datapackage": datapackage.write,
    "jsonstat": jsonstat.write,
    "pxweb": pxweb.write,
    "xlsx": workbook.write,
    "parquet": columnar.write,
    "json": json_rows.write,
    "jsonl": json_rows.write,
}


def data_file(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """The rows as the file that the contract describes.

    Raises:
        KeyError: a row has a column that the contract has not.
    """
    return WRITERS[contract.reader.format](contract, rows)

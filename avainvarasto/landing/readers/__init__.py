"""Readers of delivered files, one module a form; what they leave is described in `arriving`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from avainvarasto.landing.readers import (
    client_plan,
    columnar,
    datapackage,
    delimited,
    json_rows,
    jsonstat,
    pxweb,
    swot_export,
    webropol,
    workbook,
)
from avainvarasto.landing.readers.arriving import Arriving

LOADERS: dict[str, Callable[[Arriving], None]] = {
    "csv": delimited.load,
    "datapackage": datapackage.load,
    "jsonstat": jsonstat.load,
    "pxweb": pxweb.load,
    "xlsx": workbook.load,
    "parquet": columnar.load,
    "json": json_rows.load,
    "jsonl": json_rows.load,
    "client_plan": client_plan.load,
    "webropol": webropol.load,
    "swot_export": swot_export.load,
}
# Forms whose file is parsed while the door looks at its rows, and not before.
_PARSED_LATER = ("csv", "datapackage")


def load(arriving: Arriving) -> None:
    """Make `delivered` from a file, as its contract's reader says.

    Raises:
        DeliveryRefused: the file is not what the contract says; nothing of its content is quoted.
    """
    LOADERS[arriving.contract.reader.format](arriving)


@contextmanager
def reading(arriving: Arriving) -> Iterator[None]:
    """Around everything that reads `delivered`: an error of the file itself refuses the delivery.

    Raises:
        DeliveryRefused: a line is not what the contract says.
    """
    with delimited.parsing(arriving) if arriving.contract.reader.format in _PARSED_LATER else nullcontext():
        yield

"""Deliveries of one statistical table as it stands, for the tests of its form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq

from avainvarasto import lake
from avainvarasto.contracts import Contract
from avainvarasto.settings import Settings
from avainvarasto.synthetic.forms import DataFile
from avainvarasto.synthetic.writer import Delivery, write_delivery
from tests.deliveries import CONTRACTS
from tests.landed import take_in


def arrive(home: Settings, contract: Contract, content: bytes, rows: int, **beside: bytes) -> list[str]:
    """Deliver one file as it is and take it in; files beside it have '__' for the point of their names.

    Returns:
        the names of the deliveries accepted.
    """
    name = "data.json" if contract.reader.format == "jsonstat" else "data.csv"
    described = {name.replace("__", "."): text for name, text in beside.items()}
    file = DataFile(contract.extract, name, content, rows, described)
    write_delivery(
        home.landing,
        Delivery(contract.source, "d1", contract.supplier, datetime(2019, 4, 8, tzinfo=UTC), [file]),
    )
    return take_in(home, CONTRACTS | {contract.extract: contract})


def landed(home: Settings, extract: str) -> list[dict[str, Any]]:
    (path,) = home.lake.glob(f"*/{extract}/*/*.parquet")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def reason(home: Settings) -> str:
    (entry,) = lake.ledger(home)
    assert not entry["accepted"]
    return str(entry["reason"])

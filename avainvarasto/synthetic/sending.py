"""When the demo's deliveries are sent, and how tables become one.

Delivery ids are the time of sending in Finland.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.chance import YEAR
from avainvarasto.synthetic.kela import CORRECTED_MONTH
from avainvarasto.synthetic.planted import bad_rows
from avainvarasto.synthetic.writer import DataFile, Delivery, Row, data_file

HELSINKI = ZoneInfo("Europe/Helsinki")

# Delivery id and period of each quarter; suppliers send at night on the 8th of the next month.
QUARTERS = {
    "2018-04-08T0200": (date(YEAR, 1, 1), date(YEAR, 3, 31)),
    "2018-07-08T0200": (date(YEAR, 4, 1), date(YEAR, 6, 30)),
    "2018-10-08T0200": (date(YEAR, 7, 1), date(YEAR, 9, 30)),
    "2019-01-08T0200": (date(YEAR, 10, 1), date(YEAR, 12, 31)),
}
CORRECTION, CORRECTS = "2018-07-20T0200", "2018-07-08T0200"
CORRECTED_PERIOD = (CORRECTED_MONTH, date(YEAR, 6, 30))
ALL_PERSONS = "2019-01-08T0300"
ALL_ASSESSMENTS = "2019-01-15T0900"
ALL_POPULATION = "2019-03-29T0900"
PRINTED_TABLES = "2019-06-03T0900"
ALL_RULES = "2018-01-02T0900"
# When each municipality sends a half of the year, and when their households come.
MUNICIPAL_DECISIONS = {"837": ("2018-07-11T0900", "2019-01-11T0900"), "297": ("2018-07-12T1000", "2019-01-14T1000")}
MUNICIPAL_HOUSEHOLDS = {"837": "2019-01-16T0900", "297": "2019-01-17T1000"}
CODED_ANSWERS = "2019-06-04T0900"
OBSTACLE_LOG = "2019-01-14T0900"
WORKSHOPS = "2022-10-03T0900"
WORKSHOP_CARDS = "2022-10-04T0900"
CLIENT_PLANS = "2025-09-10T0900"
# The made-up survey, each wave from the supplier whose form the contract names.
FIRST_WAVE, LAST_WAVE = "2019-04-02T0900", "2019-04-02T0930"
FIRST_WAVE_SUPPLIER = "PRO SOS, alkukartoitus"
MUNICIPALITY_LIST = "2026-03-02T0900"
STEWARDS_LISTS = "2026-03-02T0930"
# Kela publishes each of its tables by itself, a CSV with its description; each is a delivery.
OPEN_TABLES = {
    "kela_open_recipients": "2019-01-15T1000",
    "kela_open_households": "2019-01-15T1001",
    "kela_open_expenditure": "2019-01-15T1002",
    "kela_open_decisions": "2019-01-15T1003",
}
SOTKANET = "2019-03-29T1000"


@dataclass(frozen=True)
class Sender:
    """Makes deliveries in the forms of the contracts."""

    contracts: Mapping[str, Contract]

    def send(
        self,
        delivery_id: str,
        tables: Mapping[str, Iterable[Mapping[str, Any]]],
        *,
        supplier: str = "",
        period: tuple[date, date] | None = None,
        replaces: str | None = None,
        nature: str = "synthetic",
        copies: Sequence[DataFile] = (),
    ) -> Delivery:
        """A delivery of tables by extract, with the rows that are wrong on purpose, after copies of ready files.

        Source and, where none is given, supplier are those of the first extract. `period` is whole months.
        """
        files = [
            data_file(self.contracts[extract].as_written_by(supplier), chain(rows, bad_rows(delivery_id, extract)))
            for extract, rows in tables.items()
        ]
        first = self.contracts[next(iter(tables))]
        return Delivery(
            source=first.source,
            delivery_id=delivery_id,
            supplier=supplier or first.supplier,
            created_at=datetime.strptime(delivery_id, "%Y-%m-%dT%H%M").replace(tzinfo=HELSINKI),
            files=[*copies, *files],
            period=period,
            replaces=replaces,
            nature=nature,
        )


def within(rows: Iterable[Row], column: str, first: date, last: date) -> Iterator[Row]:
    """The rows whose date or timestamp lies in a period."""
    for row in rows:
        value = row[column]
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date) and first <= day <= last:
            yield row

"""When deliveries are sent, and how tables become one.

Delivery ids are the time of sending in Finland.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.country.traps import COUNTED_IN
from avainvarasto.synthetic.forms.base import SentFile
from avainvarasto.synthetic.forms.tables import TableFile
from avainvarasto.synthetic.sources.tally import Tally
from avainvarasto.synthetic.writer import Delivery, Row, data_file

HELSINKI = ZoneInfo("Europe/Helsinki")

# What is sent once, whatever months the country has.
ALL_ASSESSMENTS = "2019-01-15T0900"
PRINTED_TABLES = "2019-06-03T0900"
ALL_RULES = "2018-01-02T0900"
CODED_ANSWERS = "2019-06-04T0900"
OBSTACLE_LOG = "2019-01-14T0900"
WORKSHOPS = "2022-10-03T0900"
WORKSHOP_CARDS = "2022-10-04T0900"
CLIENT_PLANS = "2025-09-10T0900"
PLAN_CODES = "2025-09-09T0900"
# The made-up survey, each wave from the supplier whose form the contract names.
FIRST_WAVE, LAST_WAVE = "2019-04-02T0900", "2019-04-02T0930"
FIRST_WAVE_SUPPLIER = "PRO SOS, alkukartoitus"
MUNICIPALITY_LIST = "2026-03-02T0900"
STEWARDS_LISTS = "2026-03-02T0930"
# Day and hour of the month after the last one.
KELA_AND_ETOTU, WHOLE_LISTS, CORRECTION = (8, 2, 0), (8, 3, 0), (20, 2, 0)
POPULATION, SOTKANET = (28, 9, 0), (28, 10, 0)
# Yearly totals, each by its publisher.
YEARS_OF_KELA, YEARS_OF_THL = (28, 10, 1), (28, 10, 2)
# Kela publishes each of its tables by itself, a CSV with its description; each is a delivery.
OPEN_TABLES = {
    "kela_open_recipients": (15, 10, 0),
    "kela_open_households": (15, 10, 1),
    "kela_open_expenditure": (15, 10, 2),
    "kela_open_decisions": (15, 10, 3),
}
# When each municipality sends a half of the year, and when its households come.
MUNICIPAL_DECISIONS = {"837": (11, 9, 0), "297": (12, 10, 0)}
MUNICIPAL_HOUSEHOLDS = {"837": (16, 9, 0), "297": (17, 10, 0)}


def sent_after(month: date, moment: tuple[int, int, int]) -> str:
    """The delivery id of what is sent on a day and at a time of the month after a given one."""
    year, after = (month.year, month.month + 1) if month.month < 12 else (month.year + 1, 1)
    return f"{datetime(year, after, *moment):%Y-%m-%dT%H%M}"


def sent_at(delivery_id: str) -> datetime:
    """The moment that a delivery id says."""
    return datetime.strptime(delivery_id, "%Y-%m-%dT%H%M").replace(tzinfo=HELSINKI)


@dataclass(frozen=True)
class Sender:
    """Makes deliveries in the forms of the contracts, and counts the planted traps in them."""

    contracts: Mapping[str, Contract]
    tally: Tally = field(default_factory=Tally)

    def send(
        self,
        delivery_id: str,
        tables: Mapping[str, Iterable[Mapping[str, Any]] | list[pa.Table]],
        *,
        supplier: str = "",
        period: tuple[date, date] | None = None,
        replaces: str | None = None,
        nature: str = "synthetic",
        copies: Sequence[SentFile] = (),
    ) -> Delivery:
        """A delivery of tables by extract, row by row or as whole columns, after copies of ready files.

        Source and, where none is given, supplier are those of the first extract. `period` is whole months.
        """
        given = {extract: rows if isinstance(rows, list) else list(rows) for extract, rows in tables.items()}
        self.tally.delivery({name: _as_table(rows) for name, rows in given.items() if name in COUNTED_IN})
        files = [self._file(self.contracts[extract].as_written_by(supplier), rows) for extract, rows in given.items()]
        first = self.contracts[next(iter(tables))]
        return Delivery(
            source=first.source,
            delivery_id=delivery_id,
            supplier=supplier or first.supplier,
            created_at=sent_at(delivery_id),
            files=[*copies, *files],
            period=period,
            replaces=replaces,
            nature=nature,
        )

    def _file(self, contract: Contract, rows: list[Row] | list[pa.Table]) -> SentFile:
        columns = [part for part in rows if isinstance(part, pa.Table)]
        return TableFile(contract, columns) if columns else data_file(contract, rows)


def _as_table(rows: list[Any]) -> pa.Table:
    if rows and isinstance(rows[0], pa.Table):
        return pa.concat_tables(rows, promote_options="default")
    return pa.Table.from_pylist(rows)

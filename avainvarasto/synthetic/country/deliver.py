"""Kela's deliveries of the made-up country: one a month, and the whole lists of households and persons at the end.

Belongs here: what is sent when. Does not: what the rows hold (`kela_months`, `kela_decisions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import yaml

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.country import kela_months
from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.kela_decisions import make_decisions
from avainvarasto.synthetic.country.people import People, make_people
from avainvarasto.synthetic.forms.tables import TableFile
from avainvarasto.synthetic.writer import Delivery, write_delivery

HELSINKI = ZoneInfo("Europe/Helsinki")
SENT_ON_DAY, SENT_AT, WHOLE_LISTS_AT = 8, 2, 3
TRUTH = "truth.yml"


def deliver(landing: Path, country: Country, contracts: Mapping[str, Contract]) -> Iterator[Path]:
    """Write the deliveries one by one, and beside them `truth.yml`, which no run reads.

    Yields:
        the folder of each delivery as soon as it has arrived.

    Raises:
        HomeRefused: one of the deliveries is there already.
    """
    people = make_people(country)
    landing.mkdir(parents=True, exist_ok=True)
    carried: list[pa.Table] = []
    for row in range(len(country.months)):
        tables, carried = _month(country, people, row, carried)
        yield write_delivery(landing, _delivery(country, contracts, row, tables, SENT_AT, whole=False))
    lists = {
        "kela_person": kela_months.persons(country, people),
        "kela_household": kela_months.households(country, people),
    }
    yield write_delivery(
        landing, _delivery(country, contracts, len(country.months) - 1, lists, WHOLE_LISTS_AT, whole=True)
    )
    text = yaml.safe_dump(country.truth.as_yaml(), sort_keys=False, allow_unicode=True)
    (landing.parent / TRUTH).write_text(text, encoding="utf-8")


def _month(
    country: Country, people: People, row: int, carried: list[pa.Table]
) -> tuple[dict[str, pa.Table], list[pa.Table]]:
    """The tables of a month, with the payments carried over from the month before, and those to carry."""
    budgets = make_budgets(country, people, row)
    made = make_decisions(country, budgets)
    tables = {
        "kela_household_month": kela_months.household_months(country, people, budgets),
        "kela_person_month": kela_months.person_months(country, people, budgets),
        "kela_income_line": kela_months.income_lines(country, people, budgets),
        "kela_expense_line": kela_months.expense_lines(country, budgets),
        "kela_decision": made.decisions,
        "kela_payment": pa.concat_tables([*carried, made.paid]),
        "kela_coverage": kela_months.coverage(country, row),
    }
    return tables, [made.paid_next_month]


def _delivery(
    country: Country,
    contracts: Mapping[str, Contract],
    row: int,
    tables: Mapping[str, pa.Table],
    hour: int,
    *,
    whole: bool,
) -> Delivery:
    first = _day(country.months[row])
    following = _day(country.months[row] + 1)
    sent = datetime(following.year, following.month, SENT_ON_DAY, hour, tzinfo=HELSINKI)
    return Delivery(
        source="kela",
        delivery_id=f"{sent:%Y-%m-%dT%H%M}",
        supplier=contracts["kela_person"].supplier,
        created_at=sent,
        files=[TableFile(contracts[extract], [table]) for extract, table in tables.items()],
        period=None if whole else (first, following - timedelta(days=1)),
    )


def _day(month: np.datetime64) -> date:
    return date.fromisoformat(f"{month}-01")

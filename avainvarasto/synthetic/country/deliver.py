"""The made-up country's deliveries: Kela's and eTotu's by month, and lists of households and persons at the end.

Belongs here: what is sent when. Does not: what the rows hold (`kela_months`, `kela_decisions`, `etotu_tables`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.country import kela_months
from avainvarasto.synthetic.country.budgets import Budgets, make_budgets
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.etotu_tables import Etotu
from avainvarasto.synthetic.country.kela_decisions import make_decisions
from avainvarasto.synthetic.country.people import People, make_people
from avainvarasto.synthetic.forms.tables import TableFile
from avainvarasto.synthetic.sending import HELSINKI
from avainvarasto.synthetic.writer import Delivery, write_delivery

SENT_ON_DAY, SENT_AT, WHOLE_LISTS_AT = 8, 2, 3
TRUTH = "truth.yml"


def deliver(landing: Path, country: Country, contracts: Mapping[str, Contract]) -> Iterator[Path]:
    """Write the deliveries one by one, and beside the landing zone `truth.yml`, which no run reads.

    Yields:
        the folder of each delivery as soon as it has arrived: two a month, and one of whole lists.

    Raises:
        HomeRefused: one of the deliveries is there already.
    """
    people = make_people(country)
    kela, etotu = _Kela(country, people), Etotu(country, people)
    landing.mkdir(parents=True, exist_ok=True)
    for row in range(len(country.months)):
        budgets = make_budgets(country, people, row)
        for tables in (kela.month(budgets), etotu.month(budgets)):
            yield write_delivery(landing, _delivery(country, contracts, row, tables, SENT_AT))
    lists = {
        "kela_person": kela_months.persons(country, people),
        "kela_household": kela_months.households(country, people),
    }
    yield write_delivery(landing, _delivery(country, contracts, len(country.months) - 1, lists, WHOLE_LISTS_AT))
    text = yaml.safe_dump(country.truth.as_yaml(), sort_keys=False, allow_unicode=True)
    (landing.parent / TRUTH).write_text(text, encoding="utf-8")


@dataclass
class _Kela:
    """Kela's monthly tables; what is paid on the first of the next month waits for it."""

    country: Country
    people: People
    waiting: list[pa.Table] = field(default_factory=list)

    def month(self, budgets: Budgets) -> dict[str, pa.Table]:
        country, people = self.country, self.people
        made = make_decisions(country, budgets)
        payments = pa.concat_tables([*self.waiting, made.paid])
        self.waiting = [made.paid_next_month]
        return {
            "kela_household_month": kela_months.household_months(country, people, budgets),
            "kela_person_month": kela_months.person_months(country, people, budgets),
            "kela_income_line": kela_months.income_lines(country, people, budgets),
            "kela_expense_line": kela_months.expense_lines(country, budgets),
            "kela_decision": made.decisions,
            "kela_payment": payments,
            "kela_coverage": kela_months.coverage(country, budgets.row),
        }


def _delivery(
    country: Country, contracts: Mapping[str, Contract], row: int, tables: Mapping[str, pa.Table], hour: int
) -> Delivery:
    first = _day(country.months[row])
    following = _day(country.months[row] + 1)
    sent = datetime(following.year, following.month, SENT_ON_DAY, hour, tzinfo=HELSINKI)
    of_tables = [contracts[extract] for extract in tables]
    return Delivery(
        source=of_tables[0].source,
        delivery_id=f"{sent:%Y-%m-%dT%H%M}",
        supplier=of_tables[0].supplier,
        created_at=sent,
        files=[TableFile(contract, [tables[contract.extract]]) for contract in of_tables],
        period=None if of_tables[0].whole_table else (first, following - timedelta(days=1)),
    )


def _day(month: np.datetime64) -> date:
    return date.fromisoformat(f"{month}-01")

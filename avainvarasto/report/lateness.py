"""What is late: the cadence of each contract against the newest delivery of its extract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from avainvarasto.contracts import Contract
from avainvarasto.landing.deliveries import HELSINKI

State = Literal["in time", "late", "never delivered", "no schedule"]

# A supplier's usual interval and a few days of grace; what comes once may rest for years.
WINDOWS = {
    "daily": timedelta(days=3),
    "weekly": timedelta(days=10),
    "monthly": timedelta(days=40),
    "quarterly": timedelta(days=110),
    "yearly": timedelta(days=430),
    "once": timedelta(days=3650),
}


@dataclass(frozen=True)
class Expected:
    """How an extract stands: `newest` is when its newest delivery was made, `due` by when the next one was expected."""

    extract: str
    source: str
    supplier: str
    cadence: str
    state: State
    newest: datetime | None = None
    due: datetime | None = None


def expected(contracts: Mapping[str, Contract], accepted: Iterable[Mapping[str, Any]], now: datetime) -> list[Expected]:
    """Each extract of which something came, or whose source delivers; parts of documents are none.

    Nobody delivers synthetic data on a schedule, nor again what is public and came once; such deliveries make no
    extract late.
    """
    accepted = list(accepted)
    real = [entry for entry in accepted if _is_on_a_schedule(entry, contracts)]
    delivering = {entry["source"] for entry in real}
    found = []
    for contract in contracts.values():
        if contract.part_of:
            continue  # it comes with its document
        about = (contract.extract, contract.source, contract.supplier, contract.cadence)
        times = [entry["created_at"] for entry in real if entry["extract"] == contract.extract]
        if times:
            newest = max(times).replace(tzinfo=HELSINKI)
            due = newest + WINDOWS[contract.cadence]
            found.append(Expected(*about, "late" if due < now else "in time", newest, due))
        elif any(entry["extract"] == contract.extract for entry in accepted):
            found.append(Expected(*about, "no schedule"))
        elif contract.source in delivering:
            found.append(Expected(*about, "never delivered"))
    return found


def _is_on_a_schedule(entry: Mapping[str, Any], contracts: Mapping[str, Contract]) -> bool:
    contract = contracts.get(entry["extract"])
    once = contract is not None and contract.cadence == "once"
    return entry["nature"] == "confidential" or (entry["nature"] == "public" and not once)

"""The newest delivery of a month counts: so none may come from the future, or push another supplier's rows aside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from avainvarasto import intake
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS, a_household_month, deliver
from tests.landed import take_in

EXTRACT = "kela_household_month"
FEBRUARY = (date(2018, 2, 1), date(2018, 2, 28))


def send(home: Settings, delivery_id: str, supplier: str, day: int, **changes: Any) -> list[str]:
    """Deliver March (or the period given) on a day of May 2018; the refusals of taking it in."""
    created = datetime(2018, 5, day, tzinfo=UTC).isoformat()
    month = changes.get("period", (date(2018, 3, 1),))[0]
    rows = [a_household_month(1, month=month)]
    deliver(home, EXTRACT, rows, delivery_id=delivery_id, supplier=supplier, created_at=created, **changes)
    refused = intake.open_arrivals(home, CONTRACTS).refused
    if not refused:
        take_in(home)
    return refused


def test_a_month_of_another_supplier_is_not_displaced_silently(home: Settings) -> None:
    assert send(home, "a", "Kela", 1) == []
    (refusal,) = send(home, "b", "Toinen", 2)
    assert "it covers months of a, which another supplier delivered" in refusal
    assert "Toinen" not in refusal


def test_another_supplier_may_deliver_another_month_or_name_what_it_replaces(home: Settings) -> None:
    assert send(home, "a", "Kela", 1) == []
    assert send(home, "b", "Toinen", 2, period=FEBRUARY) == []
    assert send(home, "c", "Toinen", 3, replaces="a") == []
    assert send(home, "d", "Toinen", 4) == []  # a was given up for c


def test_a_delivery_from_the_future_would_count_for_ever_and_is_refused(home: Settings) -> None:
    for hours, refused in ((23, False), (25, True)):
        created = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
        deliver(home, EXTRACT, [a_household_month(1)], delivery_id=f"in-{hours}", created_at=created)
        found = intake.open_arrivals(home, CONTRACTS).refused
        assert ["created_at lies in the future" in refusal for refusal in found] == ([True] if refused else [])

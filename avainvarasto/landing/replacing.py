"""`replaces` is a note that is checked: the newest delivery of a month counts, whether it says so or not.

A note that contradicts this rule means that somebody expects other numbers than will come out, so it is refused. So
is a delivery that would silently displace another supplier's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.deliveries import MANIFEST, NOTHING_LOADED, Delivery

Span = tuple[date, date] | None


@dataclass(frozen=True)
class Known:
    """What the check needs of a delivery: what it is about and the months that it covers (None: the whole table).

    `about` are extracts, each with the word that deliveries competing for one place share: where suppliers are
    counted apart, that is the supplier.
    """

    source: str
    delivery_id: str
    supplier: str | None
    created_at: datetime
    replaces: str | None
    about: frozenset[tuple[str, str]]
    span: Span


def of_ledger(entries: Iterable[Mapping[str, Any]]) -> list[Known]:
    """Accepted deliveries from the ledger's entries."""
    files: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for entry in entries:
        files.setdefault((entry["source"], entry["delivery_id"]), []).append(entry)
    return [_known(source, delivery_id, rows) for (source, delivery_id), rows in files.items()]


def check(delivery: Delivery, known: Sequence[Known], contracts: Mapping[str, Contract]) -> Known:
    """Hold a delivery's note, and the notes of others about it, against what is known.

    A delivery that has not come yet may be named: corrections can overtake what they correct.

    Raises:
        DeliveryRefused: it replaces itself, or one that is newer, or one with which it shares no extract and month;
            or it covers a month of another supplier without naming what it replaces.
    """
    manifest = delivery.manifest
    this = Known(
        manifest.source,
        manifest.delivery_id,
        manifest.supplier,
        manifest.created_local,
        manifest.replaces,
        frozenset((file.extract, competing(delivery, contracts[file.extract])) for file in manifest.files),
        manifest.span,
    )
    if this.replaces == this.delivery_id:
        raise _refuse(delivery, "replaces names the delivery itself", "name the delivery_id that it corrects, or null")
    given_up = {other.replaces for other in known if other.source == this.source}
    for other in known:
        if other.source != this.source:
            continue
        if this.replaces == other.delivery_id:
            _hold(delivery, this, other, f"replaces names {other.delivery_id}, ")
        if other.replaces == this.delivery_id:
            _hold(delivery, other, this, f"{other.delivery_id} came earlier and says that it replaces this one, ")
        if other.delivery_id not in given_up and _displaces(this, other):
            raise _refuse(
                delivery,
                f"it covers months of {other.delivery_id}, which another supplier delivered: one of the two would "
                "count for nothing",
                "if it is to take that one's place, name it in replaces; if the suppliers share a month, ask for one "
                "delivery; if it is the same supplier, write its name as before",
            )
    return this


def competing(delivery: Delivery, contract: Contract) -> str:
    """The word that deliveries share of which only the newest counts: none, or the supplier where each counts."""
    return delivery.manifest.supplier if contract.by_supplier else ""


def _displaces(this: Known, other: Known) -> bool:
    """True if the two cover the same month of an extract, come from two suppliers, and neither names the other."""
    if this.supplier == other.supplier or other.supplier is None:
        return False
    if this.replaces == other.delivery_id or other.replaces == this.delivery_id:
        return False
    return bool(this.about & other.about) and not _apart(this.span, other.span)


def _apart(one: Span, other: Span) -> bool:
    return bool(one and other and (one[1] < other[0] or other[1] < one[0]))


def _hold(delivery: Delivery, newer: Known, older: Known, what: str) -> None:
    if (newer.created_at, newer.delivery_id) <= (older.created_at, older.delivery_id):
        raise _refuse(
            delivery,
            f"{what}but created_at of the replaced one is not earlier: the newest delivery of a month counts",
            "correct created_at or replaces in delivery.yml",
        )
    if not newer.about & older.about:
        raise _refuse(
            delivery,
            f"{what}but they have no extract in common of which only one counts",
            "correct replaces in delivery.yml",
        )
    if _apart(newer.span, older.span):
        raise _refuse(delivery, f"{what}but the two have no month in common", "correct replaces in delivery.yml")


def _known(source: str, delivery_id: str, rows: Sequence[Mapping[str, Any]]) -> Known:
    spans = [(row["period_from"], row["period_to"]) for row in rows if row["period_from"]]
    return Known(
        source,
        delivery_id,
        rows[0]["supplier"],
        rows[0]["created_at"],
        rows[0]["replaces"],
        frozenset((row["extract"], row["counted_with"] or "") for row in rows),
        spans[0] if spans else None,
    )


def _refuse(delivery: Delivery, problem: str, remedy: str) -> DeliveryRefused:
    return DeliveryRefused(f"{delivery.arrival.name}/{MANIFEST}", problem, consequence=NOTHING_LOADED, remedy=remedy)

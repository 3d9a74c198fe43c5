"""Small deliveries for tests: one row builder an extract, and a function that puts them into a landing zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from avainvarasto.contracts import Contract, load_contracts
from avainvarasto.files import sha256_of
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.synthetic.writer import Delivery, data_file, write_delivery

CONTRACTS = load_contracts(PROJECT_ROOT / "expectations")
CODE = "010594Y9021"  # a temporary number: nobody's
MARCH = (date(2018, 3, 1), date(2018, 3, 31))


def a_home(folder: Path, **changes: Any) -> Settings:
    """A home with a key and empty zones."""
    settings = Settings(home=folder, **changes)
    keys.make_key(settings.person_key_file)
    settings.landing.mkdir(parents=True, exist_ok=True)
    return settings


def a_household_month(number: int = 1, **changes: Any) -> dict[str, Any]:
    row = {
        "household_id": f"H{number}",
        "month": date(2018, 3, 1),
        "municipality_code": "837",
        "household_type": "YKSIN_ASUVA",
        "n_adults": 1,
        "n_children": 0,
        "granted_eur": Decimal("480.50"),
        "has_no_income": False,
        "main_income_flag": False,
        "rejected": False,
    }
    return row | changes


def a_notification(number: int = 1, **changes: Any) -> dict[str, Any]:
    row = {
        "notification_id": f"N{number}",
        "person_id": CODE,
        "name": "Älli Öljymäki",
        "phone": "040 1234567",
        "type": "ALENNETTU_PERUSOSA",
        "urgency": "TAVALLINEN",
        "sent_ts": datetime(2018, 3, 5, 10, 0),
        "area_type": "KUNTA",
        "area_code": "837",
        "batch_type": "DAILY",
        "phone_included": True,
        "is_continuation_reduction": False,
    }
    return row | changes


def an_assessment(number: int = 1, **changes: Any) -> dict[str, Any]:
    row = {
        "assessment_id": f"A{number}",
        "client_id": CODE,
        "municipality_code": "837",
        "assessment_kind": "ALKU",
        "assessment_date": "2018-04-11",
        "form_version": "AVAIN2018",
        "pilot_group": "KOKEILU",
        "consent_research": True,
    }
    return row | changes


def a_printed_number(number: int = 1, **changes: Any) -> dict[str, Any]:
    row = {
        "survey_code": "PROSOS",
        "wave": "LOPPU2019",
        "attribute": "title",
        "row_no": number,
        "value": "OHJAAJA",
        "n_mentions": 1,
        "base_n": 43,
        "comparable": True,
    }
    return row | changes


def deliver(
    settings: Settings,
    extract: str,
    rows: Sequence[dict[str, Any]],
    *,
    delivery_id: str = "2018-04-08T0200",
    period: tuple[date, date] | None = MARCH,
    contract: Contract | None = None,
    **changes: Any,
) -> Path:
    """Write one delivery with one file; `changes` go to its delivery.yml afterwards.

    Returns:
        the delivery's folder.
    """
    contract = contract or CONTRACTS[extract]
    complete = [dict.fromkeys(contract.columns) | row for row in rows]
    folder = write_delivery(
        settings.landing,
        Delivery(
            source=contract.source,
            delivery_id=delivery_id,
            supplier=contract.supplier,
            created_at=datetime(2018, 4, 8, tzinfo=UTC),
            files=[data_file(contract, complete)],
            period=period if contract.period_column else None,
        ),
    )
    if changes:
        edit_manifest(folder, **changes)
    return folder


def edit_manifest(folder: Path, **changes: Any) -> None:
    """Change keys of a delivery.yml; `files` changes go to its first file."""
    path = folder / "delivery.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["files"][0] |= changes.pop("files", {})
    path.write_text(yaml.safe_dump(content | changes), encoding="utf-8")


def rewrite(folder: Path, content: bytes, rows: int | None = None) -> None:
    """Replace the data file by other bytes and make delivery.yml true again."""
    data = next(path for path in folder.iterdir() if path.name != "delivery.yml")
    data.write_bytes(content)
    changes: dict[str, Any] = {"sha256": sha256_of(data)}
    edit_manifest(folder, files=changes | ({} if rows is None else {"rows": rows}))


def data_of(folder: Path) -> bytes:
    """Bytes of the data file of a one-file delivery."""
    return next(path for path in folder.iterdir() if path.name != "delivery.yml").read_bytes()

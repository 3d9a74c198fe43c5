"""A small home whose lake holds a few persons: deliveries through the door and into the lake, without their suites.

Belongs here: landing quickly, and looking at what a home holds. Does not: rewriting, or what must come of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from avainvarasto import home as homes
from avainvarasto import intake, lake
from avainvarasto.contracts import Contract
from avainvarasto.landing.door import FileCounts
from avainvarasto.pseudonymise import hetu
from avainvarasto.settings import Settings
from avainvarasto.synthetic.hetu import identity_code
from tests.deliveries import CONTRACTS, a_household_month, a_notification, an_assessment, deliver

MONTH = date(2018, 3, 1)
ALONE, WIFE, HUSBAND, NEW, OLDER = (
    identity_code(date(1980, 1, day), "-", number) for day, number in ((1, 900), (2, 902), (3, 903), (4, 905), (5, 907))
)


def a_person(code: str, **changes: Any) -> dict[str, Any]:
    year, sex = hetu.birth_year(code), hetu.sex(code)
    return {"person_id": code, "name": "Nimi", "birth_year": year, "sex": sex, "protected": False} | changes


def a_person_month(code: str, household: str, **changes: Any) -> dict[str, Any]:
    row = {"person_id": code, "household_id": household, "month": MONTH, "role": "HAKIJA"}
    return row | {"activity_code": "TYOTON", "on_unemployment_benefit": False} | changes


def a_payment(number: int, household: str, **changes: Any) -> dict[str, Any]:
    row = {
        "payment_id": f"P{number}",
        "line": 1,
        "decision_id": f"D{household}",
        "household_id": household,
        "payment_date": date(2018, 3, 5),
        "benefit_month": MONTH,
        "amount_eur": 480,
        "is_return": False,
        "payee": "CLIENT",
    }
    return row | changes


def an_event(number: int, seq: int = 1, **changes: Any) -> dict[str, Any]:
    row = {"notification_id": f"N{number}", "seq": seq, "event_ts": datetime(2018, 3, 6, 9, 0)}
    return row | {"event_type": "VASTAANOTETTU", "worker_role": "MUU"} | changes


def a_goal(number: int, seq: int = 1, **changes: Any) -> dict[str, Any]:
    row = {"assessment_id": f"A{number}", "goal_seq": seq, "goal_code": "G01", "is_main_goal": True, "aim": "1"}
    return row | changes


def a_review(number: int, seq: int = 1) -> dict[str, Any]:
    return {
        "assessment_id": f"A{number}",
        "goal_seq": seq,
        "review_date": date(2018, 10, 1),
        "attainment_code": "SAAVUTETTU",
        "judged_by": "YHTEINEN",
    }


SMALL: dict[str, list[dict[str, Any]]] = {
    "kela_person": [a_person(ALONE), a_person(WIFE), a_person(HUSBAND)],
    "kela_person_month": [
        a_person_month(ALONE, "H1"),
        a_person_month(WIFE, "H2"),
        a_person_month(HUSBAND, "H2", role="PUOLISO"),
    ],
    "kela_household_month": [a_household_month(1), a_household_month(2, household_type="LAPSETON_PARI", n_adults=2)],
    "kela_payment": [a_payment(1, "H1"), a_payment(2, "H2")],
    "etotu_notification": [
        a_notification(1, person_id=ALONE),
        a_notification(2, person_id=WIFE),
        a_notification(3, person_id=ALONE, transferred_from="N1"),
        a_notification(4, person_id=ALONE, type="NONE SUCH"),  # to quarantine
    ],
    "etotu_event": [an_event(1), an_event(2), an_event(3), an_event(4)],
    "avain_assessment": [an_assessment(1, client_id=ALONE, unit_id="U"), an_assessment(2, client_id=WIFE, unit_id="U")],
    "avain_goal": [a_goal(1), a_goal(2)],
    "avain_goal_review": [a_review(1), a_review(2)],
}


def fill(settings: Settings, rows: Mapping[str, Sequence[dict[str, Any]]] = SMALL, minute: int = 0) -> None:
    """One delivery an extract, and all of them into the lake."""
    for number, (extract, of_extract) in enumerate(rows.items()):
        deliver(settings, extract, of_extract, delivery_id=f"2018-04-08T{number:02}{minute:02}")
    take(settings)


def take(settings: Settings, contracts: Mapping[str, Contract] = CONTRACTS) -> None:
    """What waits in landing, into the lake; half of a file may be bad."""
    contracts = {name: c.model_copy(update={"quarantine_limit": 0.5}) for name, c in contracts.items()}
    opened = intake.open_arrivals(settings, contracts)
    assert opened.refused == []
    counts: dict[str, FileCounts] = {}
    for extract in contracts:
        counts |= intake.land_extract(settings, contracts, extract)
    for delivery in list(intake._open_deliveries(settings)):
        of_delivery = {
            (file.extract, file.path): counts[f"{delivery.arrival.name}/{file.path}"]
            for file in delivery.manifest.files
        }
        lake.commit(
            settings,
            delivery,
            of_delivery,
            contracts,
            checks=[],
            rules_sha256=intake.rules_sha256(settings),
            key_id=homes.keyring(settings).key_id,
            received_at=datetime.now(UTC),
        )


def rows_of(settings: Settings, extract: str) -> list[dict[str, Any]]:
    """Rows of an extract in the lake, all its deliveries together."""
    found: list[dict[str, Any]] = []
    for entry in lake.accepted(settings):
        if entry["extract"] == extract:
            where = (settings, entry["source"], extract, entry["delivery_id"], entry["file"])
            found += plain_rows(lake.lake_file(*where))
    return found


def plain_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a Parquet file; JSON as its text."""
    table = pq.ParquetFile(path).read()
    for number, column in enumerate(table.columns):
        if isinstance(column.type, pa.BaseExtensionType):
            table = table.set_column(number, table.column_names[number], column.cast(column.type.storage_type))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def key_of(settings: Settings, code: str, domain: str = "person") -> int:
    """The pseudonym under which this home knows a code."""
    return homes.keyring(settings).pseudonym(domain, code)


def holders_of(settings: Settings, *values: int) -> set[str]:
    """Parquet files below the home in which one of the pseudonyms stands, whatever the column."""
    sought = set(values)
    found = set()
    for path in settings.home.rglob("*.parquet"):
        table = pq.ParquetFile(path).read()
        for column in table.columns:
            if pa.types.is_int64(column.type) and sought & set(column.to_pylist()):
                found.add(path.relative_to(settings.home).as_posix())
    return found


def keeping_text(extract: str, column: str) -> dict[str, Contract]:
    """The contracts, with a dropped column of one extract as free text that is kept."""
    contract = CONTRACTS[extract]
    kept = contract.columns[column].model_copy(update={"column_class": "free_text", "keep_restricted": True})
    return CONTRACTS | {extract: contract.model_copy(update={"columns": contract.columns | {column: kept}})}

"""Small documents for tests: a client plan, a respondent, a card; and what comes of them through the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from avainvarasto import intake
from avainvarasto.contracts import Contract
from avainvarasto.landing.door import FileCounts
from avainvarasto.settings import Settings
from avainvarasto.synthetic.forms import DataFile, data_file
from avainvarasto.synthetic.writer import Delivery, write_delivery
from tests.deliveries import CODE, CONTRACTS

PLAN, SURVEY, CARDS = "avain_client_plan", "prosos_webropol", "swot_export"
START = "PRO SOS, alkukartoitus"
DELIVERY = "2024-09-01T0900"
SHARES = "Miten työaikasi jakautuu (%)?: "


def a_plan(plan_id: str = "P1", **changes: Any) -> dict[str, Any]:
    """A plan with one goal; its keys are those of the national structure."""
    plan = {
        "suunnitelma_id": plan_id,
        "edellinen_suunnitelma_id": None,
        "laatimispaiva": "2024-05-02",
        "asiakas": {"nimi": "Älli Öljymäki", "henkilotunnus": CODE},
        "laatija": {"nimi": "Työntekijä", "ammattinimike": "sosiaaliohjaaja", "palveluyksikko": "1.2.246.10.1"},
        "asetettavat_tavoitteet": [a_goal()],
        "menetelmat_ja_palvelut": {"palvelut": []},
        "palvelut_joita_asiakas_talla_hetkella_saa": [],
        "suunnitelman_arviointi": None,
    }
    return plan | changes


def a_goal(code: str = "9001", **changes: Any) -> dict[str, Any]:
    return {"tavoite": code, "tavoitteen_asteikko": "1", "kuvaus": "Teksti.", "tilannetekijat": []} | changes


def a_respondent(number: Any = 1, **changes: Any) -> dict[str, Any]:
    """A respondent of the last wave, in the words of its form."""
    row = {
        "Vastaajan numero": number,
        "Osahanke": "Verso",
        "Sukupuoli": "Nainen",
        "Taustaorganisaatio": "Kela",
        "Toimialat": "Etuuskäsittely",
        "Tehtävänimikkeet": "Etuuskäsittelijä",
    }
    return row | changes


def shares(*values: Any) -> dict[str, Any]:
    kinds = ("Yksilötyö", "Ryhmätyö", "Rakenteellinen työ", "Muu")
    return {SHARES + kind: value for kind, value in zip(kinds, values, strict=True)}


def a_card(number: Any = 1, text: str = "Rivi", **changes: Any) -> dict[Any, Any]:
    """A card with one place for lines, in the platform's words."""
    row: dict[Any, Any] = {
        "Työpaja": "PAJA-1",
        "Kortti": number,
        "Vaihe": "Työpaja",
        "Taustataho": "Kela",
        "Tila": "Luokittelematta",
        ("Käsittely", "Vahvuudet"): text,
    }
    return row | changes


def send(
    home: Settings,
    extract: str,
    records: Iterable[Mapping[Any, Any]] | bytes,
    *,
    contract: Contract | None = None,
    delivery_id: str = DELIVERY,
    n: int = 1,
) -> Path:
    """Put a delivery with one document file into the landing zone: records, or bytes that hold `n` of them."""
    contract = contract or CONTRACTS[extract]
    if isinstance(records, bytes):
        name = extract.split("_", 1)[1] + (".json" if extract == PLAN else ".xlsx")
        file = DataFile(extract, name, records, n)
    else:
        file = data_file(contract, records)
    made = datetime(2024, 9, 1, tzinfo=UTC)
    return write_delivery(home.landing, Delivery(contract.source, delivery_id, contract.supplier, made, [file]))


def landed(home: Settings, extract: str, contracts: Mapping[str, Contract] = CONTRACTS) -> FileCounts:
    """Take what was sent through the door.

    Raises:
        AssertionError: it was refused.
    """
    assert intake.open_arrivals(home, contracts).refused == []
    (counts,) = intake.land_extract(home, contracts, extract).values()
    return counts


def pending(home: Settings, extract: str) -> list[dict[str, Any]]:
    """The rows of an extract, or of a part, that wait for their suite."""
    return [
        row
        for path in sorted((home.lake / "_pending").glob(f"*/*/{extract}/*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def texts(home: Settings, extract: str) -> list[dict[str, Any]]:
    """The kept texts of a part that wait in the restricted zone."""
    return [
        row
        for path in sorted((home.restricted / "_pending").glob(f"*/*/{extract}/*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def quarantined(home: Settings) -> list[tuple[int, str, str]]:
    """Record, rule and column of each quarantined record."""
    return [
        (row["src_row"], row["rule"], row["broken_column"])
        for path in sorted(home.quarantine.rglob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]

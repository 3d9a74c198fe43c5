"""Free text is dropped; where a contract keeps it, it goes to the restricted zone without codes, numbers, addresses."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto import lake
from avainvarasto.landing import free_text
from avainvarasto.landing.free_text import SCANS, without_identifiers
from avainvarasto.settings import Settings
from tests.contract_rows import good_rows
from tests.deliveries import CODE, CONTRACTS, deliver
from tests.landed import changed, lenient, take_in

pytestmark = pytest.mark.contract

DROPPED = CONTRACTS["avain_goal"]
KEPT = changed(
    DROPPED,
    quarantine_limit=1.0,
    columns={
        "description": {
            "type": "string",
            "class": "free_text",
            "keep_restricted": True,
            "description": "The goal in words; kept in the restricted zone.",
        }
    },
)
HETU, MAIL, STREET, PHONE = "henkilötunnus", "sähköpostiosoite", "katuosoite", "puhelinnumero"

TAKEN_OUT = [
    (HETU, ["010594Y9021", "010594y9021", "100190-999P", "100190+999P", "010105A901X", "100190\u2212999P"]),
    (HETU, ["100190\u2013999P", "100190\u2011999P", "100190 - 999P", "100190- 999p", "100190\u00a0-\u00a0999P"]),
    (MAIL, ["matti.m@esimerkki.fi", "Matti_M+1@posti.esimerkki.fi", "m-m @ esimerkki.fi", "åsa@exempel.ax"]),
    (MAIL, ["matti(at)esimerkki.fi", "matti [AT] esimerkki.fi", "matti (ät) esimerkki (piste) fi"]),
    (MAIL, ["anna(snabel-a)exempel.fi", "matti(miukumauku)esimerkki.fi"]),
    (STREET, ["Hämeenkatu 12", "Hämeenkatu 12 A 3", "Hämeenkatu 12 a", "Hämeenkatu 12A3", "Hämeenkatu 3-5 B 12"]),
    (STREET, ["Hämeenkadulla 12", "hämeenkadulla 12 a 3", "Mannerheimintiellä 5", "Vanha Turuntie 8", "Koivukuja 2"]),
    (
        STREET,
        ["Metsäpolulla 7", "Rantakaarella 3", "Niittymäellä 14", "Kalliorinteellä 1 as. 4", "Itäinen Pitkäkatu 9"],
    ),
    (STREET, ["Pohjoisesplanadi 21", "Eteläpuisto 4", "Ha\u0308meenkatu 12 A 3", "Va\u0308yla\u0308tie 6"]),
    (
        STREET,
        [
            "Storgatan 4",
            "Hämeenkatu 1 b",
            "storgatan 4 b 12",
            "Lilla Robertsgatan 8",
            "Strandvägen 17 A",
            "Kyrkogränden 1",
        ],
    ),
    (STREET, ["Norra Esplanaden 3", "Skogsstigen 6", "Salutorget 2"]),
    (PHONE, ["040 1234567", "0401234567", "040-123 4567", "040 123 45 67", "050/1234567", "0457 123 4567"]),
    (PHONE, ["+358 40 1234567", "+358401234567", "+358 (0)40 123 4567", "+358 (0) 40 123 4567", "00358 40 1234567"]),
    (PHONE, ["358401234567", "(09) 123 4567", "02 123 4567", "09-1234567", "040\u00a0123\u00a04567"]),
    (PHONE, ["040 \u2013 123 4567", "+46 70 123 45 67", "0 4 0 1 2 3 4 5 6 7"]),
]
CASES = [(kind, text) for kind, texts in TAKEN_OUT for text in texts]
AROUND = ["{}", "Asiakas on {}.", "kontakt: {}, ring i morgon", "({})", "puh/hetu:{}"]

LEFT = [
    "Ehkäisevä toimeentulotuki 3 kk",
    "Täydentävä toimeentulotuki 12 kk, päätös 3/2018",
    "Vuokra 1 040,50 € ja sähkö 45,00 euroa",
    "Velka 30 000 € - 1 200 €/kk, korko 0,5 %",
    "Maksu 2 x 485,50 e, yhteensä 971 e",
    "Tapaaminen 5.3.2018 klo 10.00-11.30",
    "Jakso 01.02.2018-31.03.2018",
    "Jakso 2018-01-01 - 2018-12-31",
    "1.1.\u201331.3.2018",
    "Kirjattu 2018-03-05 10:15",
    "Auki 08:00\u201316:00 ja klo 8-16",
    "Vuosina 2014-2017 ja 2018/2019",
    "Asia H123/2018, dnro 1234/05.02.00/2018",
    "Laki 1412/1997 7 b § ja 1301/2014 36 §",
    "Työkokeilu 3 kuukautta, 4 h/pv, 5 pv/vko",
    "Tavoite 1: koti, tavoite 2: työ",
    "Opintotiellä jo toista vuotta",
    "Kävelee katua pitkin 2 km",
    "Ostaa monitori 24 tuumaa, tapaa rehtori 2 kertaa",
    "Förebyggande utkomststöd 3 mån, 1 200 euro",
    "Möte den 5 mars 2018 kl. 10, ärende 2018-123",
    "På väg 3 gånger i veckan",
    "Åren 2017\u20132019, 10 000 - 20 000 euro",
    "Kuntouttava työtoiminta 45-120 pv",
]


def all_taken_out(kind: str) -> bool:
    return all(
        without_identifiers(around.format(text))[0] == around.format(f"[{kind}]")
        for kind_of_text, text in CASES
        if kind_of_text == kind
        for around in AROUND
    )


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_what_names_a_person_is_replaced_by_its_kind(kind: str, text: str) -> None:
    for around in AROUND:
        clean, found = without_identifiers(around.format(text))
        assert clean == around.format(f"[{kind}]")
        assert {name: n for name, n in found.items() if n} == {kind: 1}


@pytest.mark.parametrize("text", LEFT)
def test_what_names_nobody_stays(text: str) -> None:
    assert without_identifiers(text) == (text, dict.fromkeys(SCANS, 0))


@pytest.mark.parametrize("kind", SCANS)
def test_a_scan_that_was_taken_away_would_be_seen(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all_taken_out(kind)
    monkeypatch.setattr(free_text, "SCANS", {name: scan for name, scan in SCANS.items() if name != kind})
    assert not all_taken_out(kind)


def test_several_finds_in_one_text_are_all_replaced() -> None:
    text = f"{CODE} ja 100190-999P, puh. 040 1234567, Hämeenkatu 12 A 3 tai matti@esimerkki.fi"
    clean, found = without_identifiers(text)
    assert clean == f"[{HETU}] ja [{HETU}], puh. [{PHONE}], [{STREET}] tai [{MAIL}]"
    assert dict(found) == {HETU: 2, MAIL: 1, STREET: 1, PHONE: 1}


TEXTS = [
    f"Soita {CODE} 040 5559187",
    "Muutto: Hämeenkatu 12 A 3, matti@esimerkki.fi",
    "Ehkäisevä toimeentulotuki 3 kk",
    "",
    "Soita 050 7654321",
]


def deliver_texts(home: Settings, contract: Any, texts: list[str]) -> list[str]:
    rows = [row | {"description": text} for row, text in zip(good_rows(contract, len(texts)), texts, strict=True)]
    rows[-1]["goal_code"] = "G99"  # a bad row: its text goes nowhere
    deliver(home, "avain_goal", rows, contract=contract)
    return take_in(home, CONTRACTS | {"avain_goal": contract})


def needles_in(home: Settings) -> set[str]:
    """Which of the delivered words stand anywhere past the door."""
    words = [CODE, "5559187", "7654321", "Hämeenkatu", "matti@", "Ehkäisevä", "Muutto"]
    found = set()
    for path in home.home.rglob("*"):
        if path.is_file() and not path.is_relative_to(home.landing):
            text = path.read_bytes().decode("utf-8", errors="ignore")
            text += str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else ""
            found |= {word for word in words if word in text}
    return found


def test_free_text_is_dropped_unless_the_contract_keeps_it(home: Settings) -> None:
    contract = lenient(DROPPED)
    assert deliver_texts(home, contract, TEXTS) == ["avain/2018-04-08T0200"]
    assert list(home.restricted.rglob("*.parquet")) == []
    assert needles_in(home) == set()
    assert not any("kept texts" in row["rule"] for row in lake.landing_checks(home))


def test_kept_text_lies_in_the_restricted_zone_with_its_keys_and_without_what_names_a_person(home: Settings) -> None:
    assert deliver_texts(home, KEPT, TEXTS) == ["avain/2018-04-08T0200"]
    (path,) = home.restricted.rglob("*.parquet")
    assert path == lake.texts_file(home, "avain", "avain_goal", "2018-04-08T0200", "goal.csv")
    kept = pq.read_table(path)
    assert kept.column_names == ["assessment_id", "goal_seq", "src_row", "description"]
    assert kept.column("description").to_pylist() == [
        f"Soita [{HETU}] [{PHONE}]",
        f"Muutto: [{STREET}], [{MAIL}]",
        "Ehkäisevä toimeentulotuki 3 kk",
        None,
    ]
    (rows,) = home.lake.glob("avain/avain_goal/*/*.parquet")
    in_lake = pq.read_table(rows)
    assert "description" not in in_lake.column_names
    shared = ["assessment_id", "goal_seq", "src_row"]
    assert kept.select(shared).to_pylist() == in_lake.select(shared).to_pylist()
    assert needles_in(home) == {"Ehkäisevä", "Muutto"}


def test_finds_in_kept_text_are_counted_as_warnings(home: Settings) -> None:
    deliver_texts(home, KEPT, TEXTS)
    rows = {
        row["rule"].removeprefix("kept texts hold no "): row
        for row in lake.landing_checks(home)
        if row["rule"].startswith("kept texts")
    }
    assert {kind: row["n_unexpected"] for kind, row in rows.items()} == {HETU: 1, MAIL: 1, STREET: 1, PHONE: 1}
    assert {row["n_evaluated"] for row in rows.values()} == {3}
    assert {row["severity"] for row in rows.values()} == {"warning"}
    assert not any(row["passed"] for row in rows.values())


def test_kept_text_of_a_refused_delivery_is_thrown_away(home: Settings) -> None:
    assert deliver_texts(home, KEPT.model_copy(update={"quarantine_limit": 0.0}), TEXTS) == []
    assert list(home.restricted.rglob("*.parquet")) == []
    (entry,) = lake.ledger(home)
    assert needles_in(home) == set()
    assert "G99" not in entry["reason"]


def test_a_text_that_was_kept_as_it_came_would_be_seen(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_text, "SCANS", {})
    deliver_texts(home, KEPT, TEXTS)
    assert needles_in(home) >= {CODE, "5559187", "Hämeenkatu", "matti@"}

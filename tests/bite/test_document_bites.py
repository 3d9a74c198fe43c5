"""Documents that are not as agreed are refused with their place and remedy; nothing of their content is quoted."""

from __future__ import annotations

import json
import re
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avainvarasto import intake, lake
from avainvarasto.contracts import parts_of
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers import load
from avainvarasto.landing.readers.arriving import Arriving
from avainvarasto.settings import Settings
from avainvarasto.synthetic.forms import data_file
from tests.deliveries import CODE, CONTRACTS, a_home
from tests.documents import CARDS, PLAN, SURVEY, a_card, a_goal, a_plan, a_respondent, quarantined, send
from tests.landed import changed, lifted

pytestmark = pytest.mark.bite

GOOD = {
    PLAN: json.dumps([a_plan()]).encode(),
    SURVEY: data_file(CONTRACTS[SURVEY], [a_respondent()]).content,
    CARDS: data_file(CONTRACTS[CARDS], [a_card()]).content,
}
XML_TEXT = st.characters(min_codepoint=32, max_codepoint=0x2FFF, blacklist_categories=["Cs", "Cc"])


def refusal(home: Settings, extract: str) -> str:
    """The reason for which what was sent was refused; none of it is pending."""
    intake.open_arrivals(home, CONTRACTS)
    assert intake.land_extract(home, CONTRACTS, extract) == {}
    (entry,) = lake.ledger(home)
    assert entry["accepted"] is False
    assert not list((home.lake / "_pending").rglob("*.parquet"))
    reason: str = entry["reason"]
    assert "7713" not in reason
    return reason


REFUSED_PLANS: dict[str, tuple[bytes, str]] = {
    "a key that was not agreed": (
        json.dumps([a_plan(asetettavat_tavoitteet=[a_goal(vari="Merkki-7713")])]).encode(),
        r"document 1: key 'asetettavat_tavoitteet\[\].vari' was not agreed",
    ),
    "a key that is no word": (json.dumps([a_plan(asiakas={"010594Y7713": "x"})]).encode(), "a key of asiakas was not"),
    "a key twice": (b'[{"suunnitelma_id": "7713", "suunnitelma_id": "2"}]', "or has a key twice"),
    "a text for a list": (json.dumps([a_plan(asetettavat_tavoitteet="7713")]).encode(), "tavoitteet is no list"),
    "an object for a text": (json.dumps([a_plan(suunnitelma_id={"a": "7713"})]).encode(), "suunnitelma_id is no text"),
    "a truth for a text": (json.dumps([a_plan(laatimispaiva=True)]).encode(), "laatimispaiva is no text"),
    "a list for an object": (json.dumps([a_plan(asiakas=["7713"])]).encode(), "asiakas is no object"),
    "no document": (b'["7713"]', "the document is no object"),
    "one object": (json.dumps(a_plan("7713")).encode(), "is not JSON with documents in the layout 'array'"),
    "half a file": (json.dumps([a_plan("7713")]).encode()[:-20], "is not JSON with documents"),
    "an end behind a document": (json.dumps([a_plan("7713")]).encode()[:-1] + b",\n", "is not JSON with documents"),
    "another encoding": (json.dumps([a_plan("Ä7713")], ensure_ascii=False).encode("iso-8859-1"), "is not JSON with"),
    "half a character": (b'[{"suunnitelma_id": "7713\\ud800"}]', "is not JSON with documents"),
    "a large document": (json.dumps([a_plan("7713" * 600_000)]).encode(), "document 1 is larger than 2 MB"),
    "a huge document": (json.dumps([a_plan("7713" * 12_000_000)]).encode(), "is larger than 2 MB"),
    "deep nesting": (b'[{"suunnitelma_id": ' + b"[" * 50_000 + b"]" * 50_000 + b"}]", "is no"),
    "no file": (b"", "holds 0 rows"),
}


@pytest.mark.parametrize("case", REFUSED_PLANS)
def test_a_file_of_plans_that_is_not_as_agreed_is_refused_with_its_place(home: Settings, case: str) -> None:
    content, words = REFUSED_PLANS[case]
    send(home, PLAN, content)
    assert re.search(words, refusal(home, PLAN))


def test_a_header_that_the_form_has_not_refuses_the_survey(home: Settings) -> None:
    questions = CONTRACTS[SURVEY].reader.model_dump()["questions"]
    for case, changes, words in (
        ("more", {"Merkki-7713": {"ignored": True}}, "cell .*2: is none of the form's headers"),
        ("less", {}, "the header 'Sukupuoli' is missing"),
    ):
        theirs = questions | changes
        if case == "less":
            theirs = {name: asked for name, asked in questions.items() if name != "Sukupuoli"}
        form = changed(CONTRACTS[SURVEY], reader=CONTRACTS[SURVEY].reader.model_dump() | {"questions": theirs})
        row = {name: value for name, value in a_respondent().items() if name in theirs}
        other = a_home(home.home / case)
        send(other, SURVEY, [row], contract=form)
        assert re.search(words, refusal(other, SURVEY))


def test_a_card_with_a_hundred_lines_is_refused(home: Settings) -> None:
    send(home, CARDS, [a_card(1, "\n".join(["rivi 7713"] * 100))])
    assert "row 5: has 100 noted lines" in refusal(home, CARDS)


def test_a_phase_that_the_platform_has_not_refuses_the_cards(home: Settings) -> None:
    reader = CONTRACTS[CARDS].reader.model_dump()
    form = changed(CONTRACTS[CARDS], reader=reader | {"phases": reader["phases"] | {"Merkki-7713": "MUU"}})
    send(home, CARDS, [a_card()], contract=form)
    assert "is none of the platform's headers" in refusal(home, CARDS)


def spoilt(home: Settings, extract: str, content: bytes) -> DeliveryRefused | None:
    """What the reader of a document says to bytes; anything but a table or a refusal is raised."""
    contract = CONTRACTS[extract]
    tables = [contract, *parts_of(CONTRACTS, extract)]
    path = home.home / "delivered"
    path.write_bytes(content)
    with duckdb.connect() as connection:
        for table in tables:
            connection.execute(f"create schema {table.extract}")
        connection.execute(f"set search_path = '{extract},main'")
        try:
            load(Arriving(connection, path, contract, "here", home.home, tables[1:]))
        except DeliveryRefused as refused:
            return refused
    return None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.sampled_from(["K", "2024", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*a_plan(), *a_goal(), "palvelut", "palvelu"]) | st.text(max_size=4), inner)
    ),
    max_leaves=12,
)
FUZZED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@FUZZED
@given(changes=st.dictionaries(st.sampled_from(list(a_plan())), JSON, max_size=3))
def test_whatever_stands_in_a_document_is_read_or_refused(home: Settings, changes: dict[str, Any]) -> None:
    spoilt(home, PLAN, json.dumps([a_plan(**changes)]).encode())


@FUZZED
@given(cut=st.integers(0, 2_000), byte=st.binary(max_size=3), extract=st.sampled_from([PLAN, SURVEY, CARDS]))
def test_whatever_became_of_the_bytes_of_a_document_is_read_or_refused(
    home: Settings, cut: int, byte: bytes, extract: str
) -> None:
    good = GOOD[extract]
    cut %= len(good)
    spoilt(home, extract, good[:cut] + byte + good[cut + len(byte) :])


A_PLACE = ("Käsittely", "Uhat")
CELL = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(XML_TEXT, max_size=8)


@FUZZED
@given(row=st.dictionaries(st.sampled_from(list(CONTRACTS[SURVEY].reader.questions)), CELL, max_size=6))
def test_whatever_stands_in_a_respondents_cells_is_read(home: Settings, row: dict[str, Any]) -> None:
    assert spoilt(home, SURVEY, data_file(CONTRACTS[SURVEY], [row]).content) is None


@FUZZED
@given(card=st.dictionaries(st.sampled_from([*CONTRACTS[CARDS].reader.rename, A_PLACE]), CELL, max_size=6))
def test_whatever_stands_on_a_card_is_read(home: Settings, card: dict[Any, Any]) -> None:
    assert spoilt(home, CARDS, data_file(CONTRACTS[CARDS], [card]).content) is None


def with_code_in(value: Any) -> list[Any]:
    """The plan with the client's code in the place of one text after the other."""
    if isinstance(value, dict):
        return [value | {key: slip} for key, inner in value.items() for slip in with_code_in(inner)]
    if isinstance(value, list):
        return [[*value[:n], slip, *value[n + 1 :]] for n, inner in enumerate(value) for slip in with_code_in(inner)]
    return [CODE]


def test_an_identity_code_in_any_place_of_a_plan_stays_at_the_door(home: Settings) -> None:
    service = {"palvelu": "1", "palvelutehtava": "1", "sosiaalipalvelu": "46", "menetelma": ["9101"], "kesto": "vuosi"}
    goal = a_goal(tilannetekijat=[{"tilannetekija": "38", "tukeeko_vai_vaikeuttaako": "1"}])
    review = {
        "edellisen_suunnitelman_tavoitteiden_saavuttaminen": [a_goal() | {"arvio": "9201", "sanallinen_arvio": "x"}],
        "palvelujen_arviointi": [{"palvelu": "1", "kaytetty": "K"}],
        "menetelmien_arviointi": [{"menetelma": "9101", "kaytetty": "K"}],
    }
    del review["edellisen_suunnitelman_tavoitteiden_saavuttaminen"][0]["kuvaus"]
    whole = a_plan(
        asetettavat_tavoitteet=[goal],
        menetelmat_ja_palvelut={"palvelut": [service]},
        palvelut_joita_asiakas_talla_hetkella_saa=["3"],
        suunnitelman_arviointi=review,
        edellinen_suunnitelma_id="P0",
    )
    slips = [slip for slip in with_code_in(whole) if isinstance(slip["asiakas"], dict)]
    assert len(slips) > 25
    for number, slip in enumerate(slips):
        send(home, PLAN, [slip], delivery_id=f"slip-{number}")
    assert intake.open_arrivals(home, lifted(CONTRACTS)).refused == []
    intake.land_extract(home, lifted(CONTRACTS), PLAN)
    assert lake.ledger(home) == []
    kept = [path for zone in (home.lake, home.quarantine, home.restricted) for path in zone.rglob("*.parquet")]
    rows = [row for path in kept for row in pq.read_table(path).to_pylist()]
    assert len(quarantined(home)) > 10
    assert not [row for row in rows if CODE in str(row)]

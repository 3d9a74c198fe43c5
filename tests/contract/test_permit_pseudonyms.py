"""Ready pseudonyms of a permit authority: taken as they are, hashed once more, and never beside identity codes."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest

from avainvarasto import lake
from avainvarasto.contracts import Contract, load_contract
from avainvarasto.errors import ContractError
from avainvarasto.pseudonymise.keys import Keyring
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.synthetic.writer import Delivery, data_file, write_delivery
from tests.contract_rows import good_rows
from tests.deliveries import CODE, CONTRACTS, MARCH, deliver
from tests.landed import changed, take_in, through_the_door

pytestmark = pytest.mark.contract

PERMIT = "THL-2024.17"
PERSON = {
    "type": "string",
    "class": "identifier",
    "pseudonym": f"permit:{PERMIT}",
    "as": "person_key",
    "required": True,
    "description": "Pseudonym given by the permit authority.",
}


def under_permit(extract: str, **changes: Any) -> Contract:
    return changed(CONTRACTS[extract], permit=PERMIT, columns={"person_id": PERSON}, **changes)


CONTRACT = under_permit("kela_person")
CONTRACTS_THEN = CONTRACTS | {"kela_person": CONTRACT}


def landed(home: Settings) -> list[dict[str, Any]]:
    (path,) = home.lake.glob("kela/kela_person/*/*.parquet")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def test_ready_pseudonyms_land_hashed_in_the_domain_of_their_permit(home: Settings) -> None:
    deliver(home, "kela_person", good_rows(CONTRACT, 3), contract=CONTRACT)
    assert take_in(home, CONTRACTS_THEN) == ["kela/2018-04-08T0200"]
    keyring = Keyring.load(home.person_key_file)
    expected = [keyring.pseudonym(f"permit:{PERMIT}", f"person_id-{n}") for n in range(3)]
    assert [row["person_key"] for row in landed(home)] == expected
    assert {(row["code_birth_year"], row["code_sex"]) for row in landed(home)} == {(None, None)}
    assert keyring.pseudonym("person", "person_id-0") not in expected


@pytest.mark.parametrize("form", ["hexadecimal", "uuid", "base64", "number"])
def test_forms_of_pseudonyms_are_not_taken_for_identity_codes(home: Settings, form: str) -> None:
    digests = [sha256(str(n).encode()).digest() for n in range(200)]
    written: dict[str, Callable[[bytes], str]] = {
        "hexadecimal": bytes.hex,
        "uuid": lambda digest: str(UUID(bytes=digest[:16])),
        "base64": lambda digest: urlsafe_b64encode(digest).decode(),
        "number": lambda digest: str(int.from_bytes(digest[:8], "big")),
    }
    ready = [written[form](digest) for digest in digests]
    rows = [row | {"person_id": text} for row, text in zip(good_rows(CONTRACT, 200), ready, strict=True)]
    deliver(home, "kela_person", rows, contract=CONTRACT)
    assert take_in(home, CONTRACTS_THEN) == ["kela/2018-04-08T0200"]
    assert len({row["person_key"] for row in landed(home)}) == 200


@pytest.mark.parametrize(
    "text", [CODE, CODE.lower(), f" {CODE} ", f"hetu:{CODE}", "131052-308U", f"{CODE}/1", "131052\u2212308T"]
)
def test_an_identity_code_among_ready_pseudonyms_refuses_the_delivery_unquoted(home: Settings, text: str) -> None:
    rows = good_rows(CONTRACT, 3)
    rows[1]["person_id"] = text
    deliver(home, "kela_person", rows, contract=CONTRACT)
    assert take_in(home, CONTRACTS_THEN) == []
    (entry,) = lake.ledger(home)
    assert "column 'person_id' holds identity codes" in entry["reason"]
    assert PERMIT in entry["reason"]
    assert "data protection officer" in entry["reason"]
    assert entry["n_delivered"] is None
    assert text.strip() not in entry["reason"]
    assert not list(home.quarantine.rglob("*.parquet"))
    assert not list((home.lake / "_pending").rglob("*.parquet"))


def test_codes_and_ready_pseudonyms_do_not_come_in_one_delivery(home: Settings) -> None:
    both = [
        data_file(CONTRACT, good_rows(CONTRACT, 1)),
        data_file(CONTRACTS["kela_person_month"], good_rows(CONTRACTS["kela_person_month"], 1)),
    ]
    folder = deliver(home, "kela_person", good_rows(CONTRACT, 1), delivery_id="alone", contract=CONTRACT)
    given = Delivery("kela", "mixed", "Kela", _created(folder), both, MARCH)
    write_delivery(home.landing, given)
    opened = through_the_door(home, CONTRACTS_THEN)
    assert opened.deliveries == ["kela/alone"]
    (message,) = opened.refused
    assert "kela/mixed/delivery.yml" in message
    assert "identity codes and others a permit authority's pseudonyms" in message
    assert "Remedy: deliver the two apart" in message


def test_two_extracts_of_one_permit_come_in_one_delivery(home: Settings) -> None:
    contracts = CONTRACTS_THEN | {"kela_person_month": under_permit("kela_person_month")}
    files = [data_file(contracts[name], good_rows(contracts[name], 1)) for name in ("kela_person", "kela_person_month")]
    folder = deliver(home, "kela_person", good_rows(CONTRACT, 1), delivery_id="alone", contract=CONTRACT)
    write_delivery(home.landing, Delivery("kela", "both", "Kela", _created(folder), files, MARCH))
    assert take_in(home, contracts) == ["kela/alone", "kela/both"]


@pytest.mark.parametrize("permit", ["THL-2023.1", None])
def test_a_contract_whose_column_names_another_permit_is_wrong(tmp_path: Path, permit: str | None) -> None:
    text = (PROJECT_ROOT / "expectations" / "contracts" / "kela_person.yml").read_text(encoding="utf-8")
    text = text.replace("pseudonym: person,", f'pseudonym: "permit:{PERMIT}",')
    path = tmp_path / "kela_person.yml"
    path.write_text(text if permit is None else f"{text}permit: {permit}\n", encoding="utf-8")
    with pytest.raises(ContractError, match="person_id holds pseudonyms of another permit"):
        load_contract(path)
    path.write_text(f"{text}permit: {PERMIT}\n", encoding="utf-8")
    assert load_contract(path).columns["person_id"].holds_ready_pseudonym


def _created(folder: Path) -> Any:
    from avainvarasto.landing.deliveries import reopen_delivery

    return reopen_delivery(folder).manifest.created_at

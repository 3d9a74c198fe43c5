"""Rotation: other pseudonyms, the same joins; later deliveries meet the rows that were there before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from avainvarasto import cli, intake, lake
from avainvarasto import home as homes
from avainvarasto.contracts import load_contracts
from avainvarasto.errors import ContractError, KeyFileError
from avainvarasto.files import sha256_of
from avainvarasto.landing.quarantine import quarantine_file
from avainvarasto.pseudonymise import keys
from avainvarasto.rewrite.rotation import rotate
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.deliveries import CONTRACTS, a_home, a_notification, a_printed_number, deliver
from tests.pseudonymous_home import (
    ALONE,
    SMALL,
    WIFE,
    a_person,
    a_person_month,
    an_event,
    fill,
    holders_of,
    key_of,
    plain_rows,
    rows_of,
    take,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = a_home(tmp_path)
    fill(settings)
    return settings


def pseudonyms(settings: Settings) -> dict[str, list[Any]]:
    """Every pseudonymous column of the lake, in the order of its rows."""
    return {
        f"{extract}.{name}": [row[name] for row in rows_of(settings, extract)]
        for extract, contract in CONTRACTS.items()
        for name in contract.hashed_columns()
    }


def the_rest(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Every row of the lake without its pseudonyms."""
    return {
        extract: [
            {name: value for name, value in row.items() if name not in contract.hashed_columns()}
            for row in rows_of(settings, extract)
        ]
        for extract, contract in CONTRACTS.items()
    }


def equalities(columns: dict[str, list[Any]]) -> dict[Any, list[tuple[str, int]]]:
    """Where equal values stand: what every join sees, and nothing of the values."""
    places: dict[Any, list[tuple[str, int]]] = {}
    for name, values in columns.items():
        for number, value in enumerate(values):
            places.setdefault(value, []).append((name, number))
    return {min(at): sorted(at) for value, at in places.items() if value is not None}


def test_every_pseudonym_is_another_and_joins_are_the_same(home: Settings) -> None:
    before, rest = pseudonyms(home), the_rest(home)
    done = rotate(home, CONTRACTS)
    after = pseudonyms(home)
    assert equalities(after) == equalities(before)
    assert the_rest(home) == rest
    old = {value for values in before.values() for value in values if value is not None}
    assert len(old) > 10
    assert holders_of(home, *old) == set()
    assert done.n_keys == 2
    assert sum(value is None for values in before.values() for value in values) > 0


def test_quarantine_and_kept_texts_are_under_the_new_key_too(tmp_path: Path) -> None:
    expectations = with_kept_phone(tmp_path / "expectations")
    home = a_home(tmp_path / "home", expectations=expectations)
    contracts = load_contracts(expectations)
    deliver(home, "etotu_notification", SMALL["etotu_notification"], contract=contracts["etotu_notification"])
    take(home, contracts)
    (texts,), (quarantined,) = home.restricted.rglob("*.parquet"), home.quarantine.rglob("*.parquet")
    before = plain_rows(texts), plain_rows(quarantined)
    rotate(home, contracts)
    assert [row["person_key"] for row in plain_rows(texts)] == [
        row["person_key"] for row in rows_of(home, "etotu_notification")
    ]
    assert {row["person_key"] for row in plain_rows(quarantined)} == {key_of(home, ALONE)}
    for path, rows in zip((texts, quarantined), before, strict=True):
        kept = [name for name in rows[0] if name not in contracts["etotu_notification"].hashed_columns()]
        assert [[row[name] for name in kept] for row in plain_rows(path)] == [[r[name] for name in kept] for r in rows]


def with_kept_phone(folder: Path) -> Path:
    """The project's expectations, but the telephone number of a notification is a text that is kept."""
    (folder / "contracts").mkdir(parents=True)
    for path in (PROJECT_ROOT / "expectations" / "contracts").glob("*.yml"):
        content = yaml.safe_load(path.read_text())
        if path.stem == "etotu_notification":
            content["columns"]["phone"] |= {"class": "free_text", "keep_restricted": True}
        (folder / "contracts" / path.name).write_text(yaml.safe_dump(content))
    for name in ("suites", "thresholds.yml"):
        (folder / name).symlink_to(PROJECT_ROOT / "expectations" / name)
    return folder


def test_a_later_delivery_meets_the_rows_of_earlier_ones(home: Settings) -> None:
    rotate(home, CONTRACTS)
    rotate(home, CONTRACTS)
    fill(home, {"kela_person_month": [a_person_month(ALONE, "H1")], "etotu_event": [an_event(1, 2)]}, minute=1)
    assert len(homes.keyring(home).keys) == 3
    months = rows_of(home, "kela_person_month")
    (household,) = {row["household_key"] for row in months if row["person_key"] == key_of(home, ALONE)}
    assert sum(row["person_key"] == key_of(home, ALONE) for row in months) == 2
    assert household in {row["household_key"] for row in rows_of(home, "kela_household_month")}
    notices = {row["notification_id"] for row in rows_of(home, "etotu_notification")}
    (event,) = (row for row in rows_of(home, "etotu_event") if row["seq"] == 2)
    assert event["notification_id"] in notices


def test_the_ledger_says_what_lies_in_the_lake_now(home: Settings) -> None:
    state, counts = lake.lake_state(home), [(r["n_delivered"], r["n_loaded"]) for r in lake.ledger(home)]
    done = rotate(home, CONTRACTS)
    assert lake.lake_state(home) != state
    assert [(r["n_delivered"], r["n_loaded"]) for r in lake.ledger(home)] == counts
    for row in lake.accepted(home):
        path = lake.lake_file(home, row["source"], row["extract"], row["delivery_id"], row["file"])
        assert (row["key_id"], row["lake_sha256"], row["n_forgotten"]) == (done.key_id, sha256_of(path), 0)
        metadata = pq.read_metadata(path).metadata
        written = {name: metadata[name.encode()].decode() for name in ("key_id", "contract_version")}
        assert written == {"key_id": done.key_id, "contract_version": str(row["contract_version"])}
    assert done.key_id == homes.keyring(home).key_id


def test_a_file_without_pseudonyms_passes_unchanged(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    fill(home, {"prosos_printed_background": [a_printed_number()]})
    before = rows_of(home, "prosos_printed_background")
    assert rotate(home, CONTRACTS).n_pseudonyms == 0
    assert rows_of(home, "prosos_printed_background") == before
    assert homes.keyring(home).key_id == lake.ledger(home)[0]["key_id"]


def test_builds_made_under_the_old_key_are_dropped(home: Settings) -> None:
    build = home.warehouse / "builds" / "b.duckdb"
    build.parent.mkdir(parents=True)
    build.touch()
    (home.warehouse / "current.duckdb").symlink_to(build)
    rotate(home, CONTRACTS)
    assert [path.name for path in home.warehouse.rglob("*")] == []


def test_a_key_under_which_two_pseudonyms_meet_is_not_taken(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    keys_given: Iterator[bytes] = iter([bytes(32), bytes(range(32))])
    real = keys.wrapped
    monkeypatch.setattr(keys, "random_key", lambda: next(keys_given))
    monkeypatch.setattr(keys, "wrapped", lambda key, domain, old: 7 if key == bytes(32) else real(key, domain, old))
    before = equalities(pseudonyms(home))
    rotate(home, CONTRACTS)
    assert homes.keyring(home).keys[-1] == bytes(range(32))
    assert equalities(pseudonyms(home)) == before


@pytest.mark.bite
def test_a_home_that_lost_a_key_is_refused_by_rotation_and_door(home: Settings) -> None:
    rotate(home, CONTRACTS)
    second = keys.rotation_file(home.person_key_file, 2)
    kept = second.read_bytes()
    second.unlink()
    before = pseudonyms(home)
    with pytest.raises(KeyFileError, match="one was lost or exchanged"):
        rotate(home, CONTRACTS)
    deliver(home, "kela_person", [a_person(WIFE)], delivery_id="2018-05-08T0000")
    assert intake.open_arrivals(home, CONTRACTS).refused == []
    with pytest.raises(KeyFileError, match="one was lost or exchanged"):
        intake.land_extract(home, CONTRACTS, "kela_person")
    assert pseudonyms(home) == before
    keys.write_key(keys.rotation_file(home.person_key_file, 3), kept)
    with pytest.raises(KeyFileError, match="missing between others"):
        rotate(home, CONTRACTS)


@pytest.mark.bite
def test_a_file_whose_extract_has_no_contract_any_more_stops_the_rewrite(home: Settings) -> None:
    before = pseudonyms(home)
    with pytest.raises(ContractError, match="'etotu_event', which has no contract any more"):
        rotate(home, {name: contract for name, contract in CONTRACTS.items() if name != "etotu_event"})
    path = quarantine_file(home, "etotu", "2018-04-08T0400", "etotu_notification", "notification.csv")
    path.rename(path.with_name("gone_extract-notification.parquet"))
    with pytest.raises(ContractError, match="'gone_extract', which has no contract any more"):
        rotate(home, CONTRACTS)
    assert pseudonyms(home) == before
    assert len(homes.keyring(home).keys) == 1


@pytest.mark.bite
def test_a_column_that_the_contract_dropped_stops_the_rewrite(home: Settings) -> None:
    contract = CONTRACTS["etotu_notification"]
    columns = {name: column for name, column in contract.columns.items() if name != "transferred_from"}
    shorter = contract.model_copy(update={"columns": columns})
    with pytest.raises(ContractError, match="'transferred_from', of which the contract etotu_notification says"):
        rotate(home, CONTRACTS | {"etotu_notification": shorter})


def test_the_commands_name_the_ring_and_no_key(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    assert cli.main(["keys", "rotate"]) == 0
    assert cli.main(["keys", "show"]) == 0
    ring = homes.keyring(home)
    shown = capsys.readouterr().out
    assert shown.count(f"key ring  {ring.key_id}\nkeys      2\n") == 2
    assert not any(key.hex() in shown or str(key) in shown for key in ring.keys)


def test_rotation_waits_for_no_run(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    with homes.run_lock(home):
        assert cli.main(["keys", "rotate"]) == 1
    assert len(homes.keyring(home).keys) == 1


def test_what_was_half_landed_is_thrown_away_before(home: Settings) -> None:
    deliver(home, "etotu_notification", [a_notification(9)], delivery_id="2018-05-08T0000")
    assert intake.open_arrivals(home, CONTRACTS).refused == []
    assert intake.land_extract(home, CONTRACTS, "etotu_notification")
    rotate(home, CONTRACTS)
    assert intake.commit_open(home, CONTRACTS) == []


def test_a_key_that_lies_outside_the_home_gets_its_next_one_beside_it(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home", key_file=tmp_path / "safe" / "controller.key")
    fill(home, {"kela_person": SMALL["kela_person"]})
    rotate(home, CONTRACTS)
    assert sorted(path.name for path in (tmp_path / "safe").iterdir()) == ["controller.key", "controller.key.2"]
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "safe").iterdir()} == {0o400}
    assert rows_of(home, "kela_person")[0]["person_key"] == key_of(home, ALONE)
    assert not home.keys.exists()

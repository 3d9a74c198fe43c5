"""Each kind of broken delivery of the trainings ends as its table says, and nothing else is lost."""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from avainvarasto import intake, lake
from avainvarasto.errors import DemoRefused, HomeRefused
from avainvarasto.home import make_demo_key
from avainvarasto.landing import free_text
from avainvarasto.landing.deliveries import MANIFEST
from avainvarasto.landing.quarantine import SHOWN
from avainvarasto.landing.rules import row_rules
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.synthetic.dirty import KINDS, PREFIX, Kind, Outcome, add_broken, left_out
from avainvarasto.synthetic.hetu import SIGNS, identity_code
from avainvarasto.synthetic.writer import Delivery, data_file, write_delivery
from tests.deliveries import CONTRACTS, MARCH, a_household_month, a_notification
from tests.documents import a_plan
from tests.pseudonymous_home import a_person

pytestmark = pytest.mark.bite

FEBRUARY = (date(2018, 2, 1), date(2018, 2, 28))
N_ROWS = 220
MADE_UP = [identity_code(date(1981, 1, 1) + timedelta(days=n), SIGNS[19][0], 900 + n % 100) for n in range(N_ROWS)]
# Refusals that no copy of a good delivery meets, by their words, and where they are met.
NOT_MADE = {
    "some of its extracts hold identity codes": "tests/bite/test_alias_bites.py",
    "cannot be read (": "tests/bite/test_folder_bites.py",
    "is larger than ": "tests/bite/test_folder_bites.py",
    "is reached over a symbolic link": "tests/bite/test_folder_bites.py",
    "this delivery_id was used before": "tests/bite/test_mended_folders.py",
}


def household_months(period: tuple[date, date]) -> list[dict[str, Any]]:
    money = {
        "n_persons": 1,
        "basic_part_full_eur": Decimal("480.50"),
        "basic_part_paid_eur": Decimal("480.50"),
        "housing_cost_eur": Decimal("500.00"),
        "other_cost_eur": Decimal("0.00"),
        "income_total_eur": Decimal("500.00"),
    }
    return [a_household_month(n, month=period[0], **money) for n in range(N_ROWS)]


def expenses(period: tuple[date, date]) -> list[dict[str, Any]]:
    line = {"month": period[0], "expense_code": "VUOKRA", "seq": 1}
    euros = dict.fromkeys(("applied_eur", "accepted_eur"), Decimal("500.00"))
    return [{"household_id": f"H{n}"} | line | euros for n in range(N_ROWS)]


def incomes(period: tuple[date, date]) -> list[dict[str, Any]]:
    line = {"month": period[0], "income_code": "1", "seq": 1, "income_source": "MUU", "amount_eur": Decimal("500.00")}
    return [{"household_id": f"H{n}", "person_id": code} | line for n, code in enumerate(MADE_UP)]


def coverage(period: tuple[date, date]) -> list[dict[str, Any]]:
    return [{"month": period[0], "municipality_code": code, "complete": True, "note": None} for code in ("837", "091")]


def an_obstacle(number: int) -> dict[str, Any]:
    return {
        "obstacle_id": f"E{number}",
        "reported_date": date(2018, 3, 5),
        "municipality_code": "837",
        "reporter_role": "KOORDINAATTORI",
        "kind": "AUKKOKOHTA",
        "cause": "BYROKRATIA",
        "authority": "KELA",
        "description": "Päätös viipyi.",
    }


def titles(number: int) -> list[dict[str, Any]]:
    return [
        {
            "obstacle_id": f"E{number}",
            "lang": lang,
            "title": title,
            "reviewed_date": date(2018, 4, 2),
            "reviewer_role": "KOORDINAATTORI",
        }
        for lang, title in (("fi", "Päätös viipyi"), ("sv", "Beslutet dröjde"), ("en", "A late decision"))
    ]


def send_good_ones(landing: Path) -> list[Path]:
    """Two months of Kela and its list of persons, notifications, obstacles and client plans."""

    def send(source: str, day: str, tables: dict[str, list[Any]], period: tuple[date, date] | None = None) -> Path:
        created = datetime.fromisoformat(f"{day}T02:00+03:00")
        files = [data_file(CONTRACTS[extract], rows) for extract, rows in tables.items()]
        supplier = CONTRACTS[next(iter(tables))].supplier
        return write_delivery(landing, Delivery(source, f"{day}T0200", supplier, created, files, period))

    months = {
        "kela_household_month": household_months,
        "kela_expense_line": expenses,
        "kela_income_line": incomes,
        "kela_coverage": coverage,
    }
    persons = [a_person(code) for code in MADE_UP]
    notices = [a_notification(n, person_id=code) for n, code in enumerate(MADE_UP)]
    return [
        send("kela", "2018-03-08", {name: make(FEBRUARY) for name, make in months.items()}, FEBRUARY),
        send("kela", "2018-04-08", {name: make(MARCH) for name, make in months.items()}, MARCH),
        send("kela", "2018-04-09", {"kela_person": persons}),
        send("etotu", "2018-04-08", {"etotu_notification": notices}, MARCH),
        send("obstacles", "2018-04-08", {"obstacle": [an_obstacle(1)], "obstacle_title": titles(1)}),
        send("avain", "2024-09-01", {"avain_client_plan": [a_plan("P1"), a_plan("P2")]}),
    ]


@dataclass(frozen=True)
class Trained:
    """A home after a night with good and broken deliveries; entries of the ledger by delivery."""

    home: Settings
    good: list[Path]
    broken: dict[str, Path]
    unfinished: list[str]
    entries: dict[str, dict[str, Any]]

    def entry(self, kind: Kind) -> dict[str, Any]:
        return self.entries[self.broken[kind.name].name]

    @property
    def reasons(self) -> list[str]:
        return [str(entry["reason"]) for entry in self.entries.values() if not entry["accepted"]]


def trained(folder: Path, kinds: list[str]) -> Trained:
    """Good deliveries and those of the kinds, as far as one night takes them."""
    home = Settings(home=folder)
    make_demo_key(home)
    good = send_good_ones(home.landing)
    broken = dict(zip(kinds, add_broken(home.landing, CONTRACTS, kinds), strict=True))
    unfinished = intake.waiting(home)[1]
    went_on = intake.take_in(home, CONTRACTS, "run-1")
    assert went_on == all(KINDS[name].outcome is not Outcome.STOPS for name in kinds)
    return Trained(home, good, broken, unfinished, {entry["delivery_id"]: entry for entry in lake.ledger(home)})


ENDING = [kind for kind in KINDS.values() if kind.outcome is Outcome.STOPS]
OTHERS = [kind for kind in KINDS.values() if kind.outcome is not Outcome.STOPS]


def of(*outcomes: Outcome) -> pytest.MarkDecorator:
    kinds = [kind for kind in KINDS.values() if kind.outcome in outcomes]
    assert kinds
    return pytest.mark.parametrize("kind", kinds, ids=[kind.name for kind in kinds])


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return trained(tmp_path_factory.mktemp("night"), [kind.name for kind in OTHERS])


def test_every_good_delivery_is_taken_whole_beside_the_broken_ones(night: Trained) -> None:
    good = [entry for name, entry in night.entries.items() if not name.startswith(PREFIX)]
    assert {entry["delivery_id"] for entry in good} == {folder.name for folder in night.good}
    assert [entry for entry in good if not entry["accepted"] or entry["n_quarantined"]] == []


def test_no_row_of_a_delivery_that_was_taken_is_lost(night: Trained) -> None:
    taken = [entry for entry in lake.accepted(night.home) if entry["delivery_id"].startswith(PREFIX)]
    assert taken
    for entry in taken:
        note = yaml.safe_load((night.broken[entry["delivery_id"].removeprefix(PREFIX)] / MANIFEST).read_text())
        assert entry["n_delivered"] == note["files"][0]["rows"]
        assert entry["n_loaded"] + entry["n_quarantined"] == entry["n_delivered"]


@of(Outcome.NOT_YET)
def test_what_has_not_arrived_is_named_and_left_alone(night: Trained, kind: Kind) -> None:
    folder = night.broken[kind.name]
    assert (kind.says or f"{folder.parent.name}/{folder.name}") in night.unfinished
    assert folder.name not in night.entries


@of(Outcome.REFUSED)
def test_what_is_refused_says_where_why_and_what_to_do(night: Trained, kind: Kind) -> None:
    entry, folder = night.entry(kind), night.broken[kind.name]
    assert (entry["accepted"], entry["n_delivered"]) == (False, None)
    reason = str(entry["reason"])
    assert kind.says in reason
    where, problem = reason.split(": ", 1)
    names = {MANIFEST, "household_month.csv", *(path.name for path in folder.iterdir())}
    assert any(where.startswith(f"{folder.parent.name}/{folder.name}/{name}") for name in names), where
    assert problem.split(". Remedy: ")[1]
    assert list((night.home.lake / "_pending").rglob(f"{folder.name}/*")) == []


@of(Outcome.QUARANTINED)
def test_bad_rows_go_to_quarantine_under_the_rule_that_they_break(night: Trained, kind: Kind) -> None:
    entry = night.entry(kind)
    n_bad = 2 if kind.says == "unique_key" else 1
    assert (entry["accepted"], entry["n_quarantined"]) == (True, n_bad)
    (path,) = (night.home.quarantine / entry["source"] / entry["delivery_id"]).glob("*.parquet")
    rows = pq.read_table(path).to_pylist()
    assert [row["rule"] for row in rows] == [kind.says] * n_bad
    assert all(row["src_file"] == entry["file"] and row["src_row"] > 1 for row in rows)


@of(Outcome.WARNED)
def test_what_is_odd_is_taken_with_a_warning(night: Trained, kind: Kind) -> None:
    entry = night.entry(kind)
    assert (entry["accepted"], entry["n_quarantined"]) == (True, 0)
    checks = lake.checks_of(night.home, entry["source"], entry["delivery_id"])
    (failed,) = (row for row in checks if not row["passed"])
    assert failed["severity"] == "warning"
    assert kind.says in failed["rule"]


@of(Outcome.LEFT_OUT)
def test_what_lacks_its_parent_is_taken_and_its_parent_is_nowhere(night: Trained, kind: Kind) -> None:
    entry = night.entry(kind)
    assert (entry["accepted"], entry["n_quarantined"]) == (True, 0)
    lines, months = (str(night.home.lake / "kela" / name) for name in ("kela_expense_line", "kela_household_month"))
    orphans = duckdb.sql(
        f"""select count(*) from read_parquet('{lines}/{entry["delivery_id"]}/*.parquet') as line
            anti join read_parquet('{months}/*/*.parquet') as month using (household_key, month)"""
    ).fetchone()
    assert orphans == (1,)
    assert kind.says in (PROJECT_ROOT / "dbt/models/intermediate/int_quality__orphan.sql").read_text()


@pytest.mark.parametrize("kind", ENDING, ids=[kind.name for kind in ENDING])
def test_a_check_that_fails_ends_the_night_and_the_next_one_takes_the_others(tmp_path: Path, kind: Kind) -> None:
    first = trained(tmp_path, [kind.name])
    entry, folder = first.entry(kind), first.broken[kind.name]
    assert list(first.entries) == [folder.name]
    reason = str(entry["reason"])
    assert kind.says in reason
    assert f"{folder.parent.name}/{folder.name}/household_month.csv" in reason
    assert "Remedy: " in reason
    assert intake.take_in(first.home, CONTRACTS, "run-2")
    assert {e["delivery_id"] for e in lake.accepted(first.home)} == {folder.name for folder in first.good}


def test_nothing_that_is_told_holds_a_persons_code(night: Trained) -> None:
    told = [*night.reasons, *night.unfinished]
    for path in night.home.quarantine.rglob("*.parquet"):
        told += [str(row) for row in pq.read_table(path, columns=list(SHOWN)).to_pylist()]
    assert [text for text in told if re.search(free_text.CODE, text)] == []


def test_every_kind_of_rule_that_a_contract_can_have_is_broken_by_one() -> None:
    rules = {rule.name for contract in CONTRACTS.values() for rule in row_rules(contract, MARCH)}
    broken = {rule for rule in rules for kind in KINDS.values() if kind.says == rule or f"'{rule}' of" in kind.says}
    assert rules - broken == {"municipality_not_yet"}, "the register has no municipality that is still to come"


def test_every_refusal_of_a_delivery_is_met_by_a_kind_or_has_its_test_elsewhere(night: Trained) -> None:
    words = {text for name in ("deliveries", "replacing", "door") for text in refusals(f"landing/{name}.py")}
    words |= set(refusals("intake.py"))
    assert len(words) > 25
    unmet = {text for text in words if not any(text in reason for reason in night.reasons)}
    assert {text for text in unmet if not text.startswith(tuple(NOT_MADE))} == set()
    for start, path in NOT_MADE.items():
        assert any(text.startswith(start) for text in unmet), start
        assert (PROJECT_ROOT / path).is_file()


def refusals(path: str) -> Iterator[str]:
    """For each refusal that a module can raise, the longest piece of its problem that stands in the code."""
    for node in ast.walk(ast.parse((PROJECT_ROOT / "avainvarasto" / path).read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1):
            continue
        if node.func.id in ("_refuse", "DeliveryRefused"):
            parts = node.args[1].values if isinstance(node.args[1], ast.JoinedStr) else [node.args[1]]
            inside = [part.value for part in parts if isinstance(part, ast.Constant)]
            longest = max((text for text in inside if isinstance(text, str)), key=len, default="")
            if len(longest) > 3:
                yield longest


def test_the_same_good_deliveries_give_the_same_broken_ones(tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        send_good_ones(tmp_path / name)
        assert len(list(add_broken(tmp_path / name, CONTRACTS))) == len(KINDS)
        paths = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        found.append({path.relative_to(tmp_path / name): hashlib.sha256(path.read_bytes()).digest() for path in paths})
    assert found[0] == found[1]


def test_a_broken_delivery_is_written_once_and_never_over_another(tmp_path: Path) -> None:
    send_good_ones(tmp_path)
    list(add_broken(tmp_path, CONTRACTS, ["no-rows"]))
    with pytest.raises(HomeRefused, match="has arrived before"):
        list(add_broken(tmp_path, CONTRACTS, ["no-rows"]))


def test_only_known_kinds_and_those_that_a_good_delivery_suits_are_made(tmp_path: Path) -> None:
    (folder, *_others) = send_good_ones(tmp_path)
    for other in _others:
        shutil.rmtree(other)
    with pytest.raises(DemoRefused, match="'sad' is no kind"):
        list(add_broken(tmp_path, CONTRACTS, ["sad"]))
    with pytest.raises(DemoRefused, match="can be broken as 'formula'"):
        list(add_broken(tmp_path, CONTRACTS, ["formula", "no-rows"]))
    assert [path.name for path in tmp_path.iterdir() if path.name != folder.parent.name and any(path.iterdir())] == []
    missing = left_out(tmp_path, CONTRACTS)
    assert {"formula", "json-key-twice", "replaces-another-month", "wrong-check-character"} <= set(missing)
    assert len(list(add_broken(tmp_path, CONTRACTS))) == len(KINDS) - len(missing)


def test_nothing_is_made_of_deliveries_that_are_not_synthetic(tmp_path: Path) -> None:
    for folder in send_good_ones(tmp_path):
        note = folder / MANIFEST
        note.write_text(note.read_text(encoding="utf-8").replace("nature: synthetic", "nature: confidential"))
    assert left_out(tmp_path, CONTRACTS) == list(KINDS)

"""Every rule of every contract quarantines the row that breaks it, under its own name and column, and no other row.

Rows are derived from the contract: a new contract or rule is covered by itself, and one that this test cannot break
fails it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from avainvarasto import intake, lake
from avainvarasto.contracts import Contract
from avainvarasto.landing import door
from avainvarasto.landing.rules import Rule, row_rules
from avainvarasto.settings import Settings
from tests.contract_rows import DAY, NoBadValue, Row, bad_rows, good_rows, month_of, write_registers
from tests.deliveries import CONTRACTS, a_home, deliver
from tests.landed import changed, lifted, through_the_door

pytestmark = pytest.mark.contract

DATED = changed(
    CONTRACTS["etotu_event"],
    columns={
        "worker_role": {
            "type": "string",
            "class": "plain",
            "required": True,
            "description": "Role, with codes that came and went.",
            "domain": {
                "values": ["SOSIAALITYONTEKIJA", "OMAVALMENTAJA", "NEUVOJA"],
                "since": {"OMAVALMENTAJA": "2018-06-01"},
                "until": {"NEUVOJA": "2017-12-31"},
                "dated_by": "event_ts",
            },
        }
    },
)
# A cube has no room for two rows with one key or for a missing category, and a document's rules are those of its
# columns and of its parts': they are tested on rows delivered flat. How a bad part takes its record with it is tested
# with the documents, and the one rule that forms add, number_for_text, with the forms.
FLAT = {"format": "csv", "delimiter": ";", "encoding": "utf-8", "decimal": "."}
AS_ROWS = {
    name: changed(contract, reader=FLAT, readers={})
    for name, contract in CONTRACTS.items()
    if contract.reader.format not in ("csv", "datapackage")
}
ALL = CONTRACTS | AS_ROWS | {"etotu_event, with dated codes": DATED}
Expected = dict[int, tuple[str, str]]


def kinds(contract: Contract) -> list[tuple[str, str]]:
    """Name and column of each rule, once."""
    return list(dict.fromkeys((rule.name, rule.column) for rule in row_rules(contract, month_of(DAY))))


def files_that_break(contract: Contract, wanted: list[tuple[str, str]]) -> dict[date, tuple[list[Row], Expected]]:
    """By month: rows of which the first is good, and by line what is expected of the others."""
    by_month: dict[date, list[tuple[Row, tuple[str, str], int]]] = defaultdict(list)
    for name, column in wanted:
        for bad in bad_rows(contract, Rule(name, column, ""), month_of(DAY)):
            by_month[bad.day.replace(day=1)].append((bad.changes, (name, column), bad.alike))
    files = {}
    for month, broken in by_month.items():
        day = DAY if month == DAY.replace(day=1) else _day_of(contract, month)
        good, *keys = good_rows(contract, 1 + len(broken), day)
        rows, expected = [good], {}
        for (changes, rule, alike), row in zip(broken, keys, strict=True):
            for _ in range(alike):
                rows.append(row | changes)
                expected[len(rows) + 1] = rule
        files[month] = (rows, expected)
    return files


def _day_of(contract: Contract, month: date) -> date:
    """The last day of the month: the limits of dated codes are at the ends of months."""
    return month_of(month)[1] if contract.period_column else month


def check(home: Settings, contract: Contract, wanted: list[tuple[str, str]]) -> None:
    """Deliver what breaks the rules and hold quarantine and pending rows against what is expected, line by line."""
    contracts = lifted({contract.extract: contract})
    expected = {}
    for month, (rows, bad) in files_that_break(contract, wanted).items():
        delivery_id = f"{month:%Y-%m}"
        deliver(home, contract.extract, rows, delivery_id=delivery_id, period=month_of(month), contract=contract)
        expected[delivery_id] = ([2], bad)
    opened = through_the_door(home, contracts)
    assert opened.refused == []
    found = {}
    for delivery_id in expected:
        (pending,) = (home.lake / "_pending" / contract.source / delivery_id).rglob("*.parquet")
        quarantine = (home.quarantine / contract.source / delivery_id).glob("*.parquet")
        loaded = pq.read_table(pending).column("src_row").to_pylist()
        bad_lines = [row for path in quarantine for row in pq.read_table(path).to_pylist()]
        found[delivery_id] = (loaded, {r["src_row"]: (r["rule"], r["broken_column"]) for r in bad_lines})
    assert found == expected, "other lines in quarantine"
    assert lake.ledger(home) == []


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    write_registers(tmp_path / "project")
    return a_home(tmp_path / "home", project_root=tmp_path / "project")


@pytest.mark.parametrize("name", ALL)
def test_each_rule_quarantines_its_row_under_its_name_and_column(home: Settings, name: str) -> None:
    contract = ALL[name]
    assert len(kinds(contract)) > len([c for c in contract.columns.values() if c.required])
    check(home, contract, kinds(contract))


EXAMPLES = {
    kind: (name, column) for name in reversed(ALL) for kind, column in kinds(ALL[name]) if kind != "unique_key"
} | {"unique_key": ("kela_payment", "payment_id, line")}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_rule_that_did_nothing_would_be_seen(home: Settings, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, column = EXAMPLES[kind]
    monkeypatch.setattr(door, "row_rules", lambda *given: [r for r in row_rules(*given) if r.name != kind])
    with pytest.raises(AssertionError, match="other lines in quarantine"):
        check(home, ALL[name], [(kind, column)])


@pytest.mark.parametrize(("kind", "column"), [("colour", "payee"), ("domain", "payment_id")])
def test_a_rule_that_nobody_knows_how_to_break_fails_and_is_not_skipped(
    kind: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = CONTRACTS["kela_payment"]
    if kind == "domain":
        monkeypatch.setattr("tests.contract_rows._bad_texts", lambda *_: [])
    with pytest.raises(NoBadValue):
        bad_rows(contract, Rule(kind, column, ""), month_of(DAY))


@pytest.mark.parametrize("name", ALL)
def test_rows_derived_from_a_contract_are_good(home: Settings, name: str) -> None:
    contract = ALL[name]
    rows = good_rows(contract, 5)
    deliver(home, contract.extract, rows, contract=contract)
    contracts = {contract.extract: contract}
    assert intake.open_arrivals(home, contracts).refused == []
    (counts,) = intake.land_extract(home, contracts, contract.extract).values()
    assert (counts.n_delivered, counts.n_loaded, counts.n_quarantined) == (5, 5, 0)


def test_a_dated_code_is_taken_from_its_first_to_its_last_day(home: Settings) -> None:
    contracts = CONTRACTS | {"etotu_event": DATED}
    for code, days in (("OMAVALMENTAJA", [date(2018, 6, 1)]), ("NEUVOJA", [date(2017, 12, 31), date(2017, 1, 1)])):
        for day in days:
            (row,) = good_rows(DATED, 1, day)
            row["worker_role"] = code
            deliver(home, "etotu_event", [row], delivery_id=f"{day}-{code}", period=month_of(day), contract=DATED)
    assert through_the_door(home, contracts).refused == []
    assert len(list((home.lake / "_pending").rglob("*.parquet"))) == 3
    assert lake.ledger(home) == []


DOMAINS = {
    "codes that values lacks": {"values": ["A"], "since": {"B": "2018-06-01"}, "dated_by": "event_ts"},
    "need dated_by": {"values": ["A"], "until": {"A": "2018-06-01"}},
    "elsewhere_county needs where": {"municipality_on": "event_ts", "elsewhere_county": True},
    "columns are named that the contract does not have: sent_on": {"municipality_on": "sent_on"},
}


@pytest.mark.parametrize("words", DOMAINS)
def test_a_domain_that_could_not_be_held_is_an_error_of_the_contract(words: str) -> None:
    column = {"type": "string", "class": "plain", "description": "Role.", "domain": DOMAINS[words]}
    with pytest.raises(ValueError, match=words):
        changed(CONTRACTS["etotu_event"], columns={"worker_role": column})

"""Suites and receipts: a gate that evaluated nothing, or something else, stays closed."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
import yaml

from avainvarasto import intake, lake
from avainvarasto.errors import ContractError, GateFailed
from avainvarasto.quality import receipts
from avainvarasto.quality.gx import run_suite
from avainvarasto.quality.receipts import Receipt, RuleResult
from avainvarasto.quality.suites import Suite, load_suite
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS, a_household_month, a_notification, deliver

UNIQUE = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}, "severity": "critical", "notes": "x"}


def a_suite(folder: Path, *expectations: dict[str, object], rows: int = 1) -> Suite:
    path = folder / "a.yml"
    path.write_text(yaml.safe_dump({"meta": {"rows": {"min": rows}}, "expectations": list(expectations)}))
    return load_suite(path)


def a_table(folder: Path, sql: str) -> Path:
    file = folder / "t.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create table t as {sql}")
    return file


def test_a_suite_on_an_empty_table_is_a_failure(tmp_path: Path) -> None:
    table = a_table(tmp_path, "select 1 as id where false")
    with pytest.raises(GateFailed, match="0 rows"):
        run_suite(a_suite(tmp_path, UNIQUE), table, "main", "t")


def test_an_empty_table_is_fine_only_where_the_suite_says_so(tmp_path: Path) -> None:
    table = a_table(tmp_path, "select 1 as id where false")
    (result,) = run_suite(a_suite(tmp_path, UNIQUE, rows=0), table, "main", "t")
    assert (result.n_evaluated, result.passed) == (0, True)


def test_a_misspelt_expectation_is_a_failure_and_not_dropped(tmp_path: Path) -> None:
    misspelt = UNIQUE | {"type": "expect_column_values_to_be_uniqe"}
    with pytest.raises(GateFailed, match="does not exist"):
        run_suite(a_suite(tmp_path, misspelt), a_table(tmp_path, "select 1 as id"), "main", "t")


def test_a_rule_on_a_column_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    other = UNIQUE | {"kwargs": {"column": "idd"}}
    with pytest.raises(GateFailed, match="could not be evaluated"):
        run_suite(a_suite(tmp_path, other), a_table(tmp_path, "select 1 as id"), "main", "t")


def test_sql_of_a_rule_that_does_not_run_is_a_failure(tmp_path: Path) -> None:
    sql = {
        "type": "unexpected_rows_expectation",
        "kwargs": {"unexpected_rows_query": "select 1 from {batch} where nothing = 1"},
        "severity": "critical",
        "notes": "x",
    }
    with pytest.raises(GateFailed, match="could not be evaluated"):
        run_suite(a_suite(tmp_path, sql), a_table(tmp_path, "select 1 as id"), "main", "t")


def test_results_count_what_breaks_a_rule_and_quote_no_value(tmp_path: Path) -> None:
    table = a_table(tmp_path, "select unnest([7, 7, 8]) as id")
    (result,) = run_suite(a_suite(tmp_path, UNIQUE), table, "main", "t")
    assert result == RuleResult("column_values_to_be_unique(id)", "critical", 3, 2, False)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"expectations": [UNIQUE]}, "meta"),
        ({"meta": {"rows": {"min": 1}}, "expectations": []}, "expectations"),
        ({"meta": {"rows": {"min": 1}}, "expectations": [UNIQUE | {"severty": "critical"}]}, "severty"),
        ({"meta": {"rows": {"min": 1}}, "expectations": [UNIQUE, UNIQUE]}, "two rules are named"),
        ({"meta": {"rows": {"min": 1}}, "expectations": [UNIQUE | {"severity": "fatal"}]}, "severity"),
    ],
)
def test_a_suite_file_with_a_slip_is_an_error(tmp_path: Path, content: object, words: str) -> None:
    path = tmp_path / "a.yml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ContractError, match=words):
        load_suite(path)


def test_a_suite_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no such suite"):
        load_suite(tmp_path / "b.yml")


def a_receipt(*results: RuleResult, declared: int | None = None) -> Receipt:
    return Receipt("landing", "a", "run", "data", "rules", len(results) if declared is None else declared, [*results])


GOOD = RuleResult("unique", "critical", 5, 0, True)


@pytest.mark.parametrize(
    ("receipt", "data", "rules", "words"),
    [
        (a_receipt(), "data", "rules", "no rule was evaluated"),
        (a_receipt(GOOD, declared=2), "data", "rules", "1 of 2 rules"),
        (a_receipt(RuleResult("unique", "critical", 5, 2, False)), "data", "rules", "does not hold for 2 of 5"),
        (a_receipt(GOOD), "other", "rules", "of other data"),
        (a_receipt(GOOD), "data", "other", "rules of the gate 'landing' changed"),
    ],
)
def test_a_receipt_opens_its_own_gate_only(tmp_path: Path, receipt: Receipt, data: str, rules: str, words: str) -> None:
    receipt.write(tmp_path / "receipt.json")
    with pytest.raises(GateFailed, match=words):
        receipts.verified(tmp_path / "receipt.json", "landing", data, rules)


def test_a_good_receipt_opens_its_gate_and_a_warning_does_not_close_it(tmp_path: Path) -> None:
    a_receipt(GOOD, RuleResult("few", "warning", 5, 5, False)).write(tmp_path / "receipt.json")
    assert receipts.verified(tmp_path / "receipt.json", "landing", "data", "rules").passed


def test_no_receipt_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(GateFailed, match="no receipt"):
        receipts.verified(tmp_path / "receipt.json", "landing", "data", "rules")


def test_a_red_landing_suite_refuses_the_delivery_and_nothing_reaches_the_lake(home: Settings) -> None:
    deliver(home, "kela_household_month", [a_household_month(n, rejected=n == 3) for n in range(10)])
    intake.open_arrivals(home, CONTRACTS)
    intake.land_extract(home, CONTRACTS, "kela_household_month")
    (receipt,) = intake.judge_extract(home, CONTRACTS, "kela_household_month", "run")
    assert not receipt.passed
    assert intake.commit_open(home, CONTRACTS) == []
    (entry,) = lake.ledger(home)
    assert entry["accepted"] is False
    assert "A refused month has no grant" in entry["reason"]


def test_the_lake_takes_nothing_that_no_suite_judged(home: Settings) -> None:
    deliver(home, "kela_household_month", [a_household_month()])
    intake.open_arrivals(home, CONTRACTS)
    intake.land_extract(home, CONTRACTS, "kela_household_month")
    with pytest.raises(GateFailed, match="no receipt"):
        intake.commit_open(home, CONTRACTS)
    assert lake.ledger(home) == []


def test_the_lake_takes_nothing_that_changed_after_its_suite(home: Settings) -> None:
    deliver(home, "etotu_notification", [a_notification()])
    intake.open_arrivals(home, CONTRACTS)
    intake.land_extract(home, CONTRACTS, "etotu_notification")
    intake.judge_extract(home, CONTRACTS, "etotu_notification", "run")
    (pending,) = (home.lake / "_pending").rglob("*.parquet")
    pending.write_bytes(pending.read_bytes() + b" ")
    with pytest.raises(GateFailed, match="other data"):
        intake.commit_open(home, CONTRACTS)


def test_an_accepted_delivery_is_in_the_ledger_and_the_same_again_is_nothing_new(home: Settings) -> None:
    deliver(home, "etotu_notification", [a_notification(1), a_notification(2)])
    intake.open_arrivals(home, CONTRACTS)
    intake.land_extract(home, CONTRACTS, "etotu_notification")
    intake.judge_extract(home, CONTRACTS, "etotu_notification", "run")
    assert intake.commit_open(home, CONTRACTS) == ["etotu/2018-04-08T0200"]
    (entry,) = lake.ledger(home)
    assert (entry["n_delivered"], entry["n_loaded"], entry["n_quarantined"]) == (2, 2, 0)
    assert intake.waiting(home)[0] == []
    assert not (home.lake / "_pending" / "etotu").exists() or list((home.lake / "_pending" / "etotu").iterdir()) == []


def test_other_content_under_a_used_id_is_refused_and_the_accepted_stays(home: Settings) -> None:
    deliver(home, "etotu_notification", [a_notification(1)])
    intake.open_arrivals(home, CONTRACTS)
    intake.land_extract(home, CONTRACTS, "etotu_notification")
    intake.judge_extract(home, CONTRACTS, "etotu_notification", "run")
    intake.commit_open(home, CONTRACTS)
    folder = home.landing / "etotu" / "2018-04-08T0200"
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    deliver(home, "etotu_notification", [a_notification(1), a_notification(2)])
    (message,) = intake.open_arrivals(home, CONTRACTS).refused
    assert "used before with other content" in message
    assert [entry["accepted"] for entry in lake.ledger(home)] == [True, False]
    assert lake.accepted(home)[0]["n_loaded"] == 1


def test_receipts_say_with_what_they_were_made(home: Settings) -> None:
    deliver(home, "etotu_notification", [a_notification()])
    intake.open_arrivals(home, CONTRACTS)
    intake.land_extract(home, CONTRACTS, "etotu_notification")
    intake.judge_extract(home, CONTRACTS, "etotu_notification", "run-1")
    (path,) = (home.lake / "_pending").rglob("*.receipt.json")
    content = json.loads(path.read_text())
    assert content["run_id"] == "run-1"
    assert set(content["versions"]) >= {"duckdb", "great-expectations", "avainvarasto"}

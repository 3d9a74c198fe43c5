"""The primary rule on small tables whose answer is known by hand."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from avainvarasto.disclosure.policy import Disclosure, load_thresholds
from avainvarasto.disclosure.primary import protected_columns
from avainvarasto.errors import ContractError
from avainvarasto.settings import PROJECT_ROOT

POLICIES = load_thresholds(PROJECT_ROOT / "expectations").policies
COLUMNS = ["area", "n_all", "n_met", "met_share", "median_days"]
DISCLOSURE = Disclosure(policy="k", counts={"met_share": ["n_met", "n_all"], "median_days": ["n_met"]})


def protect(row: tuple[Any, ...], disclosure: Disclosure = DISCLOSURE) -> dict[str, Any]:
    """One row (area, n_all, n_met, median_days) after the rule."""
    select = protected_columns(COLUMNS, COLUMNS[1:], disclosure, POLICIES[disclosure.policy])
    with duckdb.connect() as connection:
        connection.execute(
            "create table t (area varchar, n_all bigint, n_met bigint, met_share double, median_days double)"
        )
        area, n_all, n_met, median = row
        connection.execute(
            "insert into t values (?, ?, ?, ?, ?)", [area, n_all, n_met, n_met / n_all if n_all else None, median]
        )
        cursor = connection.execute(f"select {select} from t")
        names = [column[0] for column in cursor.description or []]
        return dict(zip(names, cursor.fetchall()[0], strict=True))


def hidden(row: dict[str, Any]) -> set[str]:
    assert row["suppressed"] is any(row[name] is None for name in COLUMNS[1:])
    return {name for name in COLUMNS[1:] if row[name] is None}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("A", 100, 40, 7.0), set()),
        (("A", 100, 10, 7.0), set()),
        (("A", 100, 9, 7.0), {"median_days"}),  # nine units carry no median
        (("A", 100, 5, 7.0), {"median_days"}),
        (("A", 100, 4, 7.0), {"n_met", "met_share", "median_days"}),
        (("A", 100, 1, 7.0), {"n_met", "met_share", "median_days"}),
        (("A", 100, 0, 7.0), {"median_days"}),  # nought is shown
        (("A", 100, 96, 7.0), {"n_met", "met_share", "median_days"}),  # four were not met
        (("A", 100, 95, 7.0), set()),
        (("A", 100, 100, 7.0), {"n_met", "met_share", "median_days"}),  # everybody was met
        (("A", 4, 0, 7.0), {"n_all", "n_met", "met_share", "median_days"}),
    ],
)
def test_small_counts_and_what_derives_from_them_are_hidden(row: tuple[Any, ...], expected: set[str]) -> None:
    assert hidden(protect(row)) == expected


def test_a_hidden_share_cannot_be_had_from_its_counts() -> None:
    row = protect(("A", 20, 18, 3.0))
    assert row["met_share"] is None
    assert None in (row["n_met"], row["n_all"])


def test_a_public_denominator_is_shown_and_small_rests_of_it_do_not_matter() -> None:
    disclosure = DISCLOSURE.model_copy(update={"public": ["n_all"]})
    assert hidden(protect(("A", 42, 40, 7.0), disclosure)) == set()
    assert hidden(protect(("A", 42, 3, 7.0), disclosure)) == {"n_met", "met_share", "median_days"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("A", 100, 96, 7.0), set()),  # four late cases are what the table is for
        (("A", 5, 5, 7.0), {"median_days"}),
        (("A", 4, 0, 7.0), {"n_due", "n_in_time", "in_time_share", "median_days"}),
    ],
)
def test_where_the_controller_decided_so_only_the_cases_due_are_judged(
    row: tuple[Any, ...], expected: set[str]
) -> None:
    names = ["area", "n_due", "n_in_time", "in_time_share", "median_days"]
    disclosure = Disclosure(
        policy="k_due", counts={"n_in_time": ["n_due"], "in_time_share": ["n_due"], "median_days": ["n_due"]}
    )
    select = protected_columns(names, names[1:], disclosure, POLICIES["k_due"])
    area, n_due, n_in_time, median = row
    values = f"'{area}' as area, {n_due} as n_due, {n_in_time} as n_in_time, 0.5 as in_time_share, {median}"
    with duckdb.connect() as connection:
        found = connection.execute(f"select {select} from (select {values} as median_days)").fetchone() or ()
    assert {name for name, value in zip(names, found, strict=False) if value is None} == expected
    assert found[-1] is bool(expected)


def test_public_tables_are_not_touched() -> None:
    row = protect(("A", 3, 1, 7.0), Disclosure(policy="public"))
    assert hidden(row) == set()
    assert row["suppressed"] is False


@pytest.mark.bite
def test_thresholds_that_cannot_be_read_stop_the_release(tmp_path: Any) -> None:
    with pytest.raises(ContractError, match="cannot be used"):
        load_thresholds(tmp_path)
    (tmp_path / "thresholds.yml").write_text("policies: {k: {min_count: 5}}")
    with pytest.raises(ContractError, match="cannot be used"):
        load_thresholds(tmp_path)

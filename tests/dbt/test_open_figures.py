"""Kela's open data beside its register on the small lake: what is as near as it must be, and a month that is not."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.dbt_build import Build
from tests.dbt.small_lake import MONTHS, Row, write_small_lake

pytestmark = pytest.mark.dbt

BENEFIT = "Perustoimeentulotuki"
PERSONS, CENTS_EACH = 40, 40_000
CHANGED = date(2018, 3, 1)
RULE = "open_data_of_kela_agree_with_the_register"


def time_of(month: date) -> Row:
    return {"time_type": "Kuukausi", "month_no": month.month, "month": month, "year": month.year}


def published(month: date, share: Decimal) -> dict[str, list[Row]]:
    """What Kela would publish of the small lake's register in a month; its euros times a share."""
    time = time_of(month)
    area = {"municipality_code": "837"}
    euros = share * PERSONS * CENTS_EACH / 100
    day = {key: time[key] for key in ("month", "month_no", "year")} | {"payment_date": month.replace(day=9)}
    paid = {**day, **area, "benefit": BENEFIT, "is_return": False, "paid_eur": euros, "state_eur": 0, "shared_eur": 0}
    decisions = {"Myöntö": 40, "Tarkistus": 2} if month.month == 1 else {}
    return {
        # Counts under four are recoded: they stand without their municipality.
        "kela_open_recipients": [
            {**time, "municipality_code": code, "age_group": "25-34", "sex": "Mies", "n_recipients": n}
            for code, n in (("837", PERSONS - 3), ("199", 3))
        ],
        "kela_open_households": [
            {**time, **area, "household_type": "Yksin asuva", "has_adult_under_25": False, "n_households": PERSONS}
        ],
        "kela_open_expenditure": [paid],
        "kela_open_decisions": [
            {**time, "benefit": BENEFIT, "decision": kind, "n_decisions": n, "n_timed": 0, "days": 0}
            for kind, n in decisions.items()
        ],
    }


def built(file: Path, target: Path, share: Decimal) -> tuple[Build, dict[str, Any]]:
    """Figures and what they are made of, the euros of March times a share; and dbt's results by name of the test."""
    months = [published(month, share if month == CHANGED else Decimal(1)) for month in MONTHS]
    write_small_lake(file, {extract: [row for one in months for row in one[extract]] for extract in months[0]})
    made = Build(file, target)
    models = ["resource_type:seed", "+mart_quality__published_figures"]
    done = made.dbt(
        "build", "--select", *models, "--exclude", "int_quality__orphan", "--indirect-selection", "cautious"
    )
    assert done.returncode == 0, done.stdout[-4000:]
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return made, {one["unique_id"].split(".")[2]: one for one in results}


OPEN = (
    "select figure_id, value, computed, outcome from marts.mart_quality__published_figures where document like 'Kela%'"
)


def test_open_data_that_follow_from_the_register_agree(tmp_path: Path, target: Path) -> None:
    made, results = built(tmp_path / "build.duckdb", target, Decimal(1))
    rows = made.rows(OPEN)
    assert {row["outcome"] for row in rows} == {"agrees"}
    # Twelve months of recipients, households and euros; decisions were made in January only, none of them a refusal.
    assert len(rows) == 3 * 12 + 2
    assert results[RULE]["status"] == "pass"


@pytest.mark.bite
def test_a_month_three_per_cent_off_differs_shows_its_size_and_is_a_warning(tmp_path: Path, target: Path) -> None:
    made, results = built(tmp_path / "build.duckdb", target, Decimal("1.03"))
    (wrong,) = [row for row in made.rows(OPEN) if row["outcome"] != "agrees"]
    assert wrong == {"figure_id": "open.paid_eur.2018-03", "value": 16480.0, "computed": 16000.0, "outcome": "differs"}
    assert (results[RULE]["status"], results[RULE]["failures"]) == ("warn", 1)
    assert results["open_data_of_kela_are_at_most_2_per_cent_from_the_register"]["status"] == "warn"
    assert results["open_data_of_kela_are_at_most_10_per_cent_from_the_register"]["status"] == "pass"

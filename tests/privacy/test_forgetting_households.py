"""What goes and what stays of a household that is written down with both its persons."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from avainvarasto.rewrite.forgetting import forget_persons
from tests.deliveries import CONTRACTS, a_home, a_household_month
from tests.privacy.test_forgetting import request
from tests.pseudonymous_home import ALONE, HUSBAND, MONTH, WIFE, a_person_month, fill, rows_of

pytestmark = pytest.mark.privacy


def a_pair(household: str, applicant: str, spouse: str | None = None) -> dict[str, Any]:
    row = {"household_id": household, "applicant_id": applicant, "spouse_id": spouse}
    return row | {"first_month": MONTH, "last_month": MONTH}


def a_decision(number: int, household: str) -> dict[str, Any]:
    return {
        "decision_id": f"D{number}",
        "application_id": f"H{number}",
        "household_id": household,
        "application_date": date(2018, 3, 1),
        "channel": "OWEBB",
        "urgent": False,
        "decision_date": date(2018, 3, 5),
        "result": "MYONTO",
        "reduction_pct": "0",
        "granted_eur": 480,
    }


def test_the_pair_goes_with_either_of_the_two_and_what_is_the_others_stays(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    fill(
        home,
        {
            "kela_household": [a_pair("H1", ALONE), a_pair("H2", WIFE, HUSBAND)],
            "kela_person_month": [a_person_month(WIFE, "H2"), a_person_month(HUSBAND, "H2", role="PUOLISO")],
            "kela_household_month": [a_household_month(1), a_household_month(2)],
            "kela_decision": [a_decision(1, "H1"), a_decision(2, "H2")],
        },
    )
    forget_persons(home, CONTRACTS, request(tmp_path, HUSBAND))
    assert [row["spouse_key"] for row in rows_of(home, "kela_household")] == [None]
    assert len(rows_of(home, "kela_household_month")) == len(rows_of(home, "kela_decision")) == 2
    forget_persons(home, CONTRACTS, request(tmp_path, WIFE))
    assert len(rows_of(home, "kela_household_month")) == len(rows_of(home, "kela_decision")) == 1


def test_an_applicant_without_a_spouse_keeps_the_household_when_a_child_is_forgotten(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    fill(
        home,
        {
            "kela_household": [a_pair("H1", ALONE)],
            "kela_person_month": [a_person_month(WIFE, "H1", role="LAPSI")],
            "kela_household_month": [a_household_month(1)],
        },
    )
    forget_persons(home, CONTRACTS, request(tmp_path, WIFE))
    assert len(rows_of(home, "kela_person_month")) == 0
    assert len(rows_of(home, "kela_household_month")) == len(rows_of(home, "kela_household")) == 1

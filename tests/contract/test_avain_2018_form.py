"""The 2018 form through the door: two service lists that number differently, empty cells, own values of a client."""

from __future__ import annotations

import csv
from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.deliveries import CODE, CONTRACTS, an_assessment, deliver
from tests.landed import lifted, take_in

pytestmark = pytest.mark.contract

RECEIVED, PLANNED = "service_received", "service_planned"


def labels(code_set: str, lang: str) -> dict[str, str]:
    with (PROJECT_ROOT / "dbt" / "seeds" / "code_label.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["code"]: row["label"] for row in rows if (row["code_set"], row["lang"]) == (code_set, lang)}


def landed(home: Settings, extract: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    deliver(home, extract, rows)
    assert take_in(home, lifted(CONTRACTS))
    (path,) = home.lake.glob(f"avain/{extract}/*/*.parquet")
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_a_code_of_one_service_list_is_another_service_in_the_other(lang: str) -> None:
    received, planned = labels(RECEIVED, lang), labels(PLANNED, lang)
    assert set(received) == {str(number) for number in [*range(1, 27), 99]}
    assert set(planned) == {str(number) for number in [*range(1, 25), 99]}
    assert [code for code in planned if planned[code] == received[code]] == ["99"]
    # From organisations on the planned services stand in the same order, two numbers lower.
    assert all(planned[str(number)] == received[str(number + 2)] for number in range(2, 25))


def test_every_code_that_the_contract_takes_is_a_service_of_one_of_the_lists() -> None:
    taken = CONTRACTS["avain_service"].columns["service_code"].domain.values
    assert set(taken or []) == labels(RECEIVED, "fi").keys() | labels(PLANNED, "fi").keys()


def test_an_empty_cell_is_not_no(home: Settings) -> None:
    rows = [
        {"assessment_id": "A1", "seq": seq, "list_id": "SAA_NYT", "service_code": "3", "used": used}
        for seq, used in enumerate(["K", "E", None], 1)
    ]
    assert [row["used"] for row in landed(home, "avain_service", rows)] == ["K", "E", None]


def test_a_factor_is_taken_in_both_directions_and_each_only_once(home: Settings) -> None:
    rows = [
        {"assessment_id": "A1", "goal_seq": 1, "factor_code": "F06", "direction": direction} for direction in ("1", "2")
    ]
    twice = {"assessment_id": "A2", "goal_seq": 1, "factor_code": "F06", "direction": "1"}
    loaded = landed(home, "avain_factor", [*rows, twice, twice])
    assert [(row["factor_code"], row["direction"]) for row in loaded] == [("F06", "1"), ("F06", "2")]


def test_the_forms_own_sex_and_year_of_birth_stand_beside_those_of_the_code(home: Settings) -> None:
    rows = [an_assessment(1, sex="1", birth_year=1993), an_assessment(2)]
    first, second = landed(home, "avain_assessment", rows)
    assert CODE.startswith("010594")
    assert (first["sex"], first["birth_year"], first["code_sex"], first["code_birth_year"]) == ("1", 1993, "2", 1994)
    assert (second["sex"], second["birth_year"], second["code_birth_year"]) == (None, None, 1994)


def test_the_form_of_2018_is_not_the_client_plan(home: Settings) -> None:
    loaded = landed(
        home, "avain_assessment", [an_assessment(1), an_assessment(2, form_version="ASIAKASSUUNNITELMA_2024")]
    )
    assert [row["form_version"] for row in loaded] == ["AVAIN2018"]

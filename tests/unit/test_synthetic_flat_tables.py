"""The flat tables of the demo fit each other and the forms, surveys and obstacles that they belong to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.synthetic_demo import rows_of

pytestmark = pytest.mark.unit


def test_every_factor_is_of_a_goal_of_its_start_assessment(landing: Path) -> None:
    goals = {(row["assessment_id"], row["goal_seq"]) for row in rows_of(landing, "avain_goal")}
    start_of = {
        row["assessment_id"]: row["previous_assessment_id"] or row["assessment_id"]
        for row in rows_of(landing, "avain_assessment")
    }
    factors = rows_of(landing, "avain_factor")
    assert {(start_of[row["assessment_id"]], row["goal_seq"]) for row in factors} <= goals
    assert any(start_of[row["assessment_id"]] != row["assessment_id"] for row in factors)


def test_some_factors_support_and_hinder_at_once_and_most_do_one(landing: Path) -> None:
    marked = Counter(
        (row["assessment_id"], row["goal_seq"], row["factor_code"]) for row in rows_of(landing, "avain_factor")
    )
    both = sum(1 for count in marked.values() if count == 2)
    assert 0 < both < len(marked) / 5


@pytest.mark.parametrize("extract", ["avain_service", "avain_method"])
def test_use_is_judged_at_the_end_only_and_not_of_everything(landing: Path, extract: str) -> None:
    kinds = {row["assessment_id"]: row["assessment_kind"] for row in rows_of(landing, "avain_assessment")}
    used = Counter((kinds[row["assessment_id"]], row["used"]) for row in rows_of(landing, extract))
    assert set(used) == {("ALKU", ""), ("LOPPU", "K"), ("LOPPU", "E"), ("LOPPU", "")}


def test_the_form_says_sex_and_year_of_birth_of_most_clients(landing: Path) -> None:
    rows = rows_of(landing, "avain_assessment")
    filled = [row for row in rows if row["birth_year"]]
    assert 0.8 < len(filled) / len(rows) < 1
    assert all(row["client_id"][4:6] == row["birth_year"][2:] for row in filled)


def test_coded_answers_are_to_questions_that_were_asked_in_their_wave(landing: Path) -> None:
    asked = {(row["wave"], row["question_code"]) for row in rows_of(landing, "prosos_question")}
    answers = rows_of(landing, "prosos_answer_code")
    assert {(row["wave"], row["question_code"]) for row in answers} <= asked
    respondents = {(row["wave"], row["respondent_id"]) for row in answers}
    assert Counter(wave for wave, _ in respondents)["LOPPU2019"] <= 43


def test_statuses_and_titles_are_of_obstacles_of_the_log(landing: Path) -> None:
    log = {row["obstacle_id"] for row in rows_of(landing, "obstacle")}
    assert {row["obstacle_id"] for row in rows_of(landing, "obstacle_status")} == log
    titled = Counter(row["obstacle_id"] for row in rows_of(landing, "obstacle_title"))
    assert set(titled) < log
    assert set(titled.values()) == {3}


def test_there_is_one_workshop_in_each_district_and_one_of_the_capital_region(landing: Path) -> None:
    rows = rows_of(landing, "swot_workshop")
    assert sorted(row["area_code"] for row in rows) == ["1", "2", "3", "4", "5", "PKS"]
    assert sum(int(row["n_invited"]) for row in rows) == 78

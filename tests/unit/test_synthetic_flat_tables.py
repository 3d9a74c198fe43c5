"""Survey, obstacles and workshops of the demo fit each other; they are the same whatever the country."""

from __future__ import annotations

import pytest

from tests.synthetic_demo import Tables

pytestmark = pytest.mark.unit


def test_coded_answers_are_to_questions_that_were_asked_in_their_wave(tables: Tables) -> None:
    not_asked = """select wave, question_code from prosos_answer_code
                   except select wave, question_code from prosos_question"""
    assert tables.rows(not_asked) == []
    respondents = dict(tables.rows("select wave, count(distinct respondent_id) from prosos_answer_code group by 1"))
    assert 80 < respondents["ALKU2017"] <= 85
    assert 40 < respondents["LOPPU2019"] <= 43


def test_statuses_and_titles_are_of_obstacles_of_the_log(tables: Tables) -> None:
    log = set(tables.rows("select obstacle_id from obstacle"))
    assert set(tables.rows("select obstacle_id from obstacle_status")) == log
    titled = tables.rows("select obstacle_id, count(*) from obstacle_title group by 1")
    assert {(obstacle,) for obstacle, _ in titled} < log
    assert {n for _, n in titled} == {3}


def test_there_is_one_workshop_in_each_district_and_one_of_the_capital_region(tables: Tables) -> None:
    areas = [area for (area,) in tables.rows("select area_code from swot_workshop order by 1")]
    assert areas == ["1", "2", "3", "4", "5", "PKS"]
    assert tables.row("select sum(n_invited) from swot_workshop") == (78,)


def test_client_plans_follow_one_another_of_the_same_client(tables: Tables) -> None:
    first, followed, same = tables.row(
        """select count(*) filter (after.previous_plan_id is null), count(before.plan_id),
                  count(*) filter (before.client_id = after.client_id
                                   and left(before.plan_date, 4) <= left(after.plan_date, 4))
           from avain_client_plan as after left join avain_client_plan as before
             on after.previous_plan_id = before.plan_id"""
    )
    assert (first, followed, same) == (28, 12, 12)


def test_clients_with_a_plan_were_clients_of_the_pilot(tables: Tables) -> None:
    others = "select client_id from avain_client_plan except select client_id from avain_assessment"
    assert tables.rows(others) == []

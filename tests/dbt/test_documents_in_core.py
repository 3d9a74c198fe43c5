"""Clean and dirty documents on their whole way: file, door, lake, core. A dirty record is nowhere, not even in part."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from avainvarasto import lake
from tests.dbt.dbt_build import Build
from tests.deliveries import CONTRACTS, a_home, deliver
from tests.documents import CARDS, PLAN, SURVEY, a_card, a_goal, a_plan, a_respondent, send, shares
from tests.landed import lifted, take_in

pytestmark = pytest.mark.dbt

GOALS = "1.2.246.537.6.1292"
CORE = (
    "fct_avain_goal",
    "fct_avain_service",
    "fct_avain_method",
    "fct_avain_factor",
    "fct_survey_work_share",
    "fct_survey_written_answer",
    "fct_swot_row",
)
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
WORDS = "Mikä palvelutarpeen arvioinnissa toimii?"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory, target: Path) -> Build:
    """Core models of the documents, built on a lake that took a few of them."""
    home = a_home(tmp_path_factory.mktemp("home"))
    services = {"palvelut": [{"palvelu": "3", "menetelma": []}]}
    mapped = {"kind": "goal", "form_version": "ASIAKASSUUNNITELMA_2024", "code_set": GOALS, "code": "9001"}
    first = mapped | {"valid_from": "2024-01-01", "valid_to": "2024-04-30", "target_code": "G01"}
    deliver(
        home, "avain_code_map", [first, mapped | {"valid_from": "2024-05-01", "target_code": "G02"}], delivery_id="m"
    )
    plans = [
        a_plan("P1", laatimispaiva="2024", palvelut_joita_asiakas_talla_hetkella_saa=["3"]),
        a_plan("P2", asetettavat_tavoitteet=[a_goal("9002"), a_goal("")]),
        a_plan("P3", asetettavat_tavoitteet=[a_goal("9100"), a_goal("9003")], menetelmat_ja_palvelut=services),
        a_plan("P4"),
    ]
    send(home, PLAN, plans)
    respondents = [
        a_respondent(1, **shares(60, 20, 15, 5), **{WORDS: "Hyvin."}),
        a_respondent(2, **shares(60, 20, 15, 25), **{WORDS: "Huonosti."}),
        a_respondent(3, **shares(100, 0, 0, "ei"), **{WORDS: "Ei mitenkään."}),
    ]
    send(home, SURVEY, respondents)
    send(home, CARDS, [a_card(1, "Yksi\nKaksi"), a_card(2, "Kolme", Vaihe="Kahvitauko")])
    workshop = {"workshop_id": "PAJA-1", "area_type": "VAKUUTUSPIIRI", "area_code": "1", "date": "2022-09-01"}
    deliver(home, "swot_workshop", [workshop | {"n_invited": 12}], delivery_id="w")
    deliver(home, "ref_codeset", [{"oid": GOALS, "version": "1"}], delivery_id="s")
    deliver(home, "ref_code", [{"oid": GOALS, "version": "1", "code": "9100", "leaf": False}], delivery_id="c")
    assert len(take_in(home, lifted(CONTRACTS))) == 7
    made = Build(tmp_path_factory.mktemp("build") / "build.duckdb", target)
    with duckdb.connect(str(made.file)) as connection:
        lake.create_views(connection, home, CONTRACTS)
    done = made.dbt("build", *WITHOUT_TESTS, "--select", *(f"+{model}" for model in CORE))
    assert done.returncode == 0, done.stdout[-4000:]
    return made


def test_a_plan_with_a_bad_goal_is_nowhere_and_a_main_class_does_not_count(documents: Build) -> None:
    goals = documents.rows("select person_key, date_precision from core.fct_avain_goal order by assessment_date")
    assert [row["date_precision"] for row in goals] == ["Y", "D", "D"]
    assert documents.rows("select count(*) as n from core.fct_avain_assessment") == [{"n": 3}]
    assert documents.rows("select count(*) as n from staging.stg_avain_client_plan_goal") == [{"n": 4}]


def test_a_goal_of_a_plan_is_read_by_the_mapping_of_its_day(documents: Build) -> None:
    """The same code of January and of May, and one that the mapping lacks."""
    goals = documents.rows("select goal_code from core.fct_avain_goal order by assessment_date, goal_code")
    assert [row["goal_code"] for row in goals] == ["G01", "G02", "unknown"]


@pytest.mark.bite
def test_a_code_that_the_mapping_lacks_is_told_of_and_does_not_stop_the_build(documents: Build) -> None:
    run = documents.dbt("test", "--select", "avain_codes_are_mapped")
    assert run.returncode == 0, run.stdout[-3000:]
    assert "WARN 1 avain_codes_are_mapped" in run.stdout


def test_code_3_reaches_core_as_two_services(documents: Build) -> None:
    services = documents.rows("select code_set, service_code from core.fct_avain_service order by 1")
    assert services == [
        {"code_set": "service_planned", "service_code": "3"},
        {"code_set": "service_received", "service_code": "3"},
    ]


def test_shares_that_do_not_add_to_100_reach_core_and_are_marked(documents: Build) -> None:
    found = documents.rows(
        "select is_100, cast(total_pct as double) as total from core.fct_survey_work_share order by 2"
    )
    assert found == [{"is_100": True, "total": 100.0}, {"is_100": False, "total": 120.0}]


def test_answers_reach_core_without_their_words(documents: Build) -> None:
    answers = documents.rows("select * from core.fct_survey_written_answer")
    assert [set(row) for row in answers] == [{"survey_code", "wave", "respondent_id", "question_code", "seq"}] * 2


def test_lines_of_a_good_card_reach_core_and_those_of_a_bad_one_do_not(documents: Build) -> None:
    lines = documents.rows("select row_no, swot, area_code from core.fct_swot_row order by 1")
    assert lines == [{"row_no": n, "swot": "VAHVUUS", "area_code": "1"} for n in (101, 102)]

"""Documents fan out into tables: what becomes of a plan, a respondent and a card, and that a record goes whole."""

from __future__ import annotations

from typing import Any

import pytest

from avainvarasto import lake
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS
from tests.documents import (
    CARDS,
    PLAN,
    SHARES,
    START,
    SURVEY,
    a_card,
    a_goal,
    a_plan,
    a_respondent,
    landed,
    pending,
    quarantined,
    send,
    shares,
    texts,
)
from tests.landed import changed, lifted, take_in

pytestmark = pytest.mark.contract

LIFTED = lifted(CONTRACTS)
PARTS = {extract: [c.extract for c in CONTRACTS.values() if c.part_of == extract] for extract in (PLAN, SURVEY, CARDS)}


def told(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


# Client plans


def test_a_plan_fans_out_and_counts_as_one(home: Settings) -> None:
    factors = [
        {"tilannetekija": "38", "tukeeko_vai_vaikeuttaako": "1"},
        {"tilannetekija": "38", "tukeeko_vai_vaikeuttaako": "2"},
    ]
    service = {"palvelu": "1", "sosiaalipalvelu": "46", "menetelma": ["9101", "9102"], "kesto": "vuosi"}
    plan = a_plan(
        asetettavat_tavoitteet=[a_goal("9001", tilannetekijat=factors), a_goal("9002", tavoitteen_asteikko="2")],
        menetelmat_ja_palvelut={"palvelut": [service]},
        palvelut_joita_asiakas_talla_hetkella_saa=["3", "99"],
    )
    send(home, PLAN, [plan, a_plan("P2")])
    counts = landed(home, PLAN)
    assert (counts.n_delivered, counts.n_loaded, counts.n_quarantined) == (2, 2, 0)
    assert told(pending(home, f"{PLAN}_goal"), "src_row", "goal_seq", "goal_code", "aim") == [
        (1, 1, "9001", "1"),
        (1, 2, "9002", "2"),
        (2, 1, "9001", "1"),
    ]
    assert told(pending(home, f"{PLAN}_factor"), "goal_list", "goal_seq", "factor_code", "direction") == [
        ("set", 1, "38", "1"),
        ("set", 1, "38", "2"),
    ]
    methods = pending(home, f"{PLAN}_method")
    assert told(methods, "section", "seq", "service_seq", "social_service_code", "method_code") == [
        ("planned", 1, 1, "46", "9101"),
        ("planned", 2, 1, "46", "9102"),
    ]
    (plan_id,) = {row["plan_id"] for row in pending(home, PLAN) if row["src_row"] == 1}
    assert {row["plan_id"] for row in methods} == {plan_id}


def test_service_3_of_one_list_is_not_service_3_of_the_other(home: Settings) -> None:
    planned = {"palvelut": [{"palvelu": "3", "menetelma": []}]}
    send(home, PLAN, [a_plan(palvelut_joita_asiakas_talla_hetkella_saa=["3"], menetelmat_ja_palvelut=planned)])
    landed(home, PLAN)
    rows = pending(home, f"{PLAN}_service")
    assert told(rows, "section", "received_service_code", "planned_service_code") == [
        ("received", "3", None),
        ("planned", None, "3"),
    ]


def test_a_code_of_the_list_of_services_received_is_none_of_the_other_list(home: Settings) -> None:
    received = a_plan("P1", palvelut_joita_asiakas_talla_hetkella_saa=["26"])
    planned = a_plan("P2", menetelmat_ja_palvelut={"palvelut": [{"palvelu": "26"}]})
    send(home, PLAN, [received, planned])
    assert landed(home, PLAN, LIFTED).n_loaded == 1
    assert quarantined(home) == [(2, "domain", f"{PLAN}_service: planned_service_code")]


def test_what_nobody_assessed_stays_empty_and_is_never_no(home: Settings) -> None:
    review = {
        "edellisen_suunnitelman_tavoitteiden_saavuttaminen": [
            {"tavoite": "9001", "tavoitteen_asteikko": "1", "arvio": "", "tilannetekijat": []},
            {"tavoite": "9002", "tavoitteen_asteikko": "2", "arvio": "9201", "sanallinen_arvio": "Hyvin."},
        ],
        "palvelujen_arviointi": [{"palvelu": "1", "kaytetty": "K"}, {"palvelu": "2", "kaytetty": ""}],
        "menetelmien_arviointi": [{"menetelma": "9101", "kaytetty": "E"}, {"menetelma": "9102"}],
    }
    send(home, PLAN, [a_plan("P2", edellinen_suunnitelma_id="P1", suunnitelman_arviointi=review), a_plan("P1")])
    landed(home, PLAN)
    assert told(pending(home, f"{PLAN}_goal_review"), "goal_code", "attainment_code") == [
        ("9001", None),
        ("9002", "9201"),
    ]
    assert told(pending(home, f"{PLAN}_service"), "section", "used") == [("reviewed", "K"), ("reviewed", None)]
    assert told(pending(home, f"{PLAN}_method"), "section", "used") == [("reviewed", "E"), ("reviewed", None)]
    following, first = pending(home, PLAN)
    assert following["previous_plan_id"] == first["plan_id"]


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [("2024", "2024-01-01", "Y"), ("2024-05", "2024-05-01", "M"), ("2024-05-02", "2024-05-02", "D"), ("", None, None)],
)
def test_a_plan_may_be_dated_by_year_month_or_day_or_not_at_all(
    home: Settings, written: str, day: str | None, precision: str | None
) -> None:
    send(home, PLAN, [a_plan(laatimispaiva=written)])
    landed(home, PLAN)
    (row,) = pending(home, PLAN)
    assert (row["plan_date"] and row["plan_date"].isoformat(), row["date_precision"]) == (day, precision)


def test_names_and_texts_of_a_plan_end_at_the_door(home: Settings) -> None:
    send(home, PLAN, [a_plan()])
    landed(home, PLAN)
    for extract in (PLAN, *PARTS[PLAN]):
        columns = set(CONTRACTS[extract].lake_columns())
        assert columns.isdisjoint(
            {"client_name", "author_name", "author_title", "description", "review_text", "kuvaus"}
        )
    assert not list(home.restricted.rglob("*.parquet"))
    held = b"".join(path.read_bytes() for path in home.lake.rglob("*.parquet"))
    assert "Öljymäki".encode() not in held


def test_one_document_a_line_is_read_as_one_array_is(home: Settings) -> None:
    lines = changed(CONTRACTS[PLAN], reader={"format": "client_plan", "layout": "lines"})
    send(home, PLAN, [a_plan("P1"), a_plan("P2")], contract=lines)
    assert landed(home, PLAN, CONTRACTS | {PLAN: lines}).n_loaded == 2
    assert len(pending(home, f"{PLAN}_goal")) == 2


# Whole or not at all


A_FACTOR = {"tilannetekija": "38", "tukeeko_vai_vaikeuttaako": "1"}
BAD_PARTS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "a goal without its code": ({"asetettavat_tavoitteet": [a_goal(), a_goal("")]}, ("required", "_goal: goal_code")),
    "a goal as a number": (
        {"asetettavat_tavoitteet": [a_goal(), a_goal(tavoite=12)]},
        ("number_for_text", "_goal: goal_code"),
    ),
    "a direction that is none": (
        {"asetettavat_tavoitteet": [a_goal(tilannetekijat=[A_FACTOR | {"tukeeko_vai_vaikeuttaako": "3"}])]},
        ("domain", "_factor: direction"),
    ),
    "a factor twice": (
        {"asetettavat_tavoitteet": [a_goal(tilannetekijat=[A_FACTOR] * 2)]},
        ("unique_key", "_factor: plan_id, goal_list, goal_seq, factor_code, direction"),
    ),
    "used that is neither yes nor no": (
        {"suunnitelman_arviointi": {"menetelmien_arviointi": [{"menetelma": "9101", "kaytetty": "ehkä"}]}},
        ("domain", "_method: used"),
    ),
}


@pytest.mark.parametrize("case", BAD_PARTS)
def test_a_bad_row_of_a_part_takes_its_whole_record_to_quarantine(home: Settings, case: str) -> None:
    changes, (rule, column) = BAD_PARTS[case]
    send(home, PLAN, [a_plan("P1"), a_plan("P2", **changes), a_plan("P3")])
    counts = landed(home, PLAN, LIFTED)
    assert (counts.n_delivered, counts.n_loaded, counts.n_quarantined) == (3, 2, 1)
    assert quarantined(home) == [(2, rule, f"{PLAN}{column}")]
    for extract in (PLAN, *PARTS[PLAN]):
        assert 2 not in {row["src_row"] for row in pending(home, extract)}


def test_a_bad_record_takes_its_good_parts_with_it(home: Settings) -> None:
    send(home, PLAN, [a_plan("P1"), a_plan("P2", laatimispaiva="2024-13")])
    landed(home, PLAN, LIFTED)
    assert quarantined(home) == [(2, "type", "plan_date")]
    assert [row["src_row"] for row in pending(home, f"{PLAN}_goal")] == [1]


def test_two_plans_with_one_id_are_both_bad_with_all_that_is_in_them(home: Settings) -> None:
    send(home, PLAN, [a_plan("P1"), a_plan("P1"), a_plan("P2")])
    landed(home, PLAN, LIFTED)
    assert [row for row, _, _ in quarantined(home)] == [1, 2]
    assert [row["src_row"] for row in pending(home, f"{PLAN}_goal")] == [3]


def test_the_ledger_counts_documents_and_knows_the_parts(home: Settings) -> None:
    send(home, PLAN, [a_plan("P1"), a_plan("P2", asetettavat_tavoitteet=[a_goal(), a_goal("")])])
    assert take_in(home, LIFTED) == ["avain/2024-09-01T0900"]
    (document,) = lake.delivered(home)
    assert [document[name] for name in ("extract", "n_delivered", "n_loaded", "n_quarantined")] == [PLAN, 2, 1, 1]
    parts = [row for row in lake.accepted(home) if row["part_of"]]
    assert {row["extract"] for row in parts} == set(PARTS[PLAN])
    assert {row["part_of"] for row in parts} == {PLAN}
    assert all(row["n_delivered"] == row["n_loaded"] + row["n_quarantined"] for row in parts)


# The survey


def test_several_values_stand_in_one_cell_or_in_a_column_each(home: Settings) -> None:
    row = a_respondent(
        Toimialat="Etuuskäsittely; Kehittäminen;Etuuskäsittely",
        Tehtävänimikkeet="Etuuskäsittelijä\nPalveluohjaaja",
        **{"Koulutus: Sosionomi (AMK)": 1, "Koulutus: Lähihoitaja": "X", "Koulutus: Muu korkeakoulututkinto": 0},
    )
    send(home, SURVEY, [row])
    assert landed(home, SURVEY).n_loaded == 1
    assert sorted(told(pending(home, f"{SURVEY}_attr"), "attr_type", "code")) == [
        ("KOULUTUS", "LAHIHOITAJA"),
        ("KOULUTUS", "SOSIONOMI_AMK"),
        ("NIMIKE", "ETUUSKASITTELIJA"),
        ("NIMIKE", "PALVELUOHJAAJA"),
        ("TOIMIALA", "ETUUSKASITTELY"),
        ("TOIMIALA", "KEHITTAMINEN"),
    ]


def test_the_export_of_another_wave_has_a_reader_of_its_own(home: Settings) -> None:
    start = CONTRACTS[SURVEY].as_written_by(START)
    row = {"Vastaajan numero": 7, "Organisaatio": "Kunta/kaupunki", "Yksilötyö %": "80 %", "Ryhmätyö %": "20,5"}
    send(home, SURVEY, [row | {"Mitä odotat hankkeelta?": "Soita 040 1234567"}], contract=start)
    assert landed(home, SURVEY).n_loaded == 1
    (respondent,) = pending(home, SURVEY)
    assert (respondent["survey_code"], respondent["wave"], respondent["submitted"]) == ("PROSOS_KOE", "ALKU2017", True)
    (share,) = pending(home, f"{SURVEY}_work_share")
    assert [None if share[n] is None else float(share[n]) for n in ("individual_pct", "group_pct", "other_pct")] == [
        80.0,
        20.5,
        None,
    ]
    (text,) = texts(home, f"{SURVEY}_answer")
    assert (text["question_code"], text["answer_text"]) == ("K04", "Soita [puhelinnumero]")
    assert "answer_text" not in CONTRACTS[f"{SURVEY}_answer"].lake_columns()


def test_shares_that_do_not_add_to_100_are_kept(home: Settings) -> None:
    rows = [a_respondent(1, **shares(60, 20, 15, 5)), a_respondent(2, **shares(60, 20, 15, 15.005)), a_respondent(3)]
    send(home, SURVEY, rows)
    assert landed(home, SURVEY).n_quarantined == 0
    found = pending(home, f"{SURVEY}_work_share")
    assert [float(sum(row[f"{n}_pct"] for n in ("individual", "group", "structural", "other"))) for row in found] == [
        100.0,
        pytest.approx(110.0, abs=0.011),
    ]


BAD_RESPONDENTS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "a title that the form has not": ({"Tehtävänimikkeet": "JOHTAJA"}, ("pattern", f"{SURVEY}_attr: code")),
    "a sex that the form has not": ({"Sukupuoli": "nainen"}, ("domain", "sex")),
    "a mark that is none": ({"Koulutus: Lähihoitaja": "kai"}, ("pattern", f"{SURVEY}_attr: code")),
    "a share in words": ({SHARES + "Muu": "puolet"}, ("type", f"{SURVEY}_work_share: other_pct")),
    "a negative share": ({SHARES + "Muu": -5}, ("at_least", f"{SURVEY}_work_share: other_pct")),
    "no number": ({"Vastaajan numero": None}, ("required", "respondent_id")),
    "a sub-project as a number": ({"Osahanke": 5}, ("pattern", "subproject")),
}


@pytest.mark.parametrize("case", BAD_RESPONDENTS)
def test_a_cell_that_cannot_be_told_takes_its_respondent_to_quarantine(home: Settings, case: str) -> None:
    changes, rule = BAD_RESPONDENTS[case]
    send(home, SURVEY, [a_respondent(1), a_respondent(2, **changes)])
    landed(home, SURVEY, LIFTED)
    assert quarantined(home) == [(4, *rule)]
    assert {row["src_row"] for extract in (SURVEY, *PARTS[SURVEY]) for row in pending(home, extract)} == {3}


def test_another_survey_needs_a_reader_and_no_code(home: Settings) -> None:
    reader = {
        "format": "webropol",
        "sheet": "Data",
        "header_row": 3,
        "survey_code": "TOINEN",
        "wave": "KEVAT2030",
        "separators": [","],
        "questions": {
            "ID": {"column": "respondent_id"},
            "Mikä on tehtäväsi?": {"attribute": "NIMIKE", "codes": {"Ohjaaja": "OHJAAJA", "Johtaja": "JOHTAJA"}},
        },
    }
    other = changed(CONTRACTS[SURVEY], readers={"Toinen kysely": reader})
    row = {"ID": "007", "Mikä on tehtäväsi?": "Ohjaaja, Johtaja"}
    send(home, SURVEY, [row], contract=other.as_written_by("Toinen kysely"))
    assert landed(home, SURVEY, CONTRACTS | {SURVEY: other}).n_loaded == 1
    assert told(pending(home, f"{SURVEY}_attr"), "survey_code", "wave", "code") == [
        ("TOINEN", "KEVAT2030", "OHJAAJA"),
        ("TOINEN", "KEVAT2030", "JOHTAJA"),
    ]


@pytest.mark.parametrize(
    "asked", [{}, {"column": "sex", "ignored": True}, {"column": "sex", "code": "N"}, {"column": "colour"}]
)
def test_a_reader_that_says_nothing_clear_of_a_question_is_an_error_of_the_contract(asked: dict[str, Any]) -> None:
    reader = CONTRACTS[SURVEY].reader.model_dump() | {"questions": {"Sukupuoli": asked}}
    with pytest.raises(ValueError, match=r"exactly one|one option|does not have: colour"):
        changed(CONTRACTS[SURVEY], reader=reader)


# Workshops


def test_each_line_of_a_cell_is_a_row_under_its_merged_header(home: Settings) -> None:
    card = a_card(3, "Yksi\n\n  Kaksi \r\nKolme")
    card[("Hakeminen ja vireilletulo", "Uhat")] = "Neljä"
    send(home, CARDS, [card])
    counts = landed(home, CARDS)
    assert (counts.n_delivered, counts.n_loaded) == (1, 1)
    assert told(pending(home, "swot_row"), "row_no", "phase", "swot", "organisation") == [
        (301, "HAKEMINEN_VIREILLETULO", "UHKA", "KELA"),
        (302, "KASITTELY", "VAHVUUS", "KELA"),
        (303, "KASITTELY", "VAHVUUS", "KELA"),
        (304, "KASITTELY", "VAHVUUS", "KELA"),
    ]
    assert [row["text"] for row in texts(home, "swot_row")] == ["Neljä", "Yksi", "Kaksi", "Kolme"]
    assert [row["n_lines"] for row in pending(home, CARDS)] == [4]


def test_a_theme_is_of_all_lines_or_each_line_has_its_own(home: Settings) -> None:
    cards = [
        a_card(1, "Yksi\nKaksi", Teema="DIGI"),
        a_card(2, "Yksi\nKaksi", Teema="DIGI\nOSAAMINEN"),
        a_card(3, "Yksi\nKaksi\nKolme", Teema="DIGI\nOSAAMINEN"),
    ]
    send(home, CARDS, cards)
    landed(home, CARDS, LIFTED)
    assert told(pending(home, "swot_row"), "row_no", "theme_code") == [
        (101, "DIGI"),
        (102, "DIGI"),
        (201, "DIGI"),
        (202, "OSAAMINEN"),
    ]
    assert quarantined(home) == [(7, "pattern", "swot_row: theme_code")]


def test_a_line_that_repeats_another_names_its_card_or_its_line(home: Settings) -> None:
    cards = [
        a_card(1),
        a_card(2, **{"Sama kuin": 1}),
        a_card(3, **{"Sama kuin": "2.1"}),
        a_card(4, **{"Sama kuin": "edellinen"}),
    ]
    send(home, CARDS, cards)
    landed(home, CARDS, LIFTED)
    assert told(pending(home, "swot_row"), "row_no", "duplicate_of") == [(101, None), (201, 101), (301, 201)]
    assert quarantined(home) == [(8, "type", "swot_row: duplicate_of")]


def test_a_card_without_lines_is_a_card(home: Settings) -> None:
    send(home, CARDS, [a_card(1, ""), a_card(2)])
    assert landed(home, CARDS).n_loaded == 2
    assert [row["row_no"] for row in pending(home, "swot_row")] == [201]

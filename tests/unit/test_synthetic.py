"""The made-up world: people who cannot be real, households, shares as published, AVAIN, population."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from stdnum.fi import hetu

from avainvarasto.synthetic import PLANTED
from avainvarasto.synthetic.hetu import identity_code
from avainvarasto.synthetic.notices import TYPE_SHARES
from avainvarasto.synthetic.places import HARDLY_REACTS, OTHER_TOWNS, PILOTS, TAMPERE
from avainvarasto.synthetic.reference import made_up_sizes
from tests.synthetic_demo import a_landing, bytes_of, planted_in, rows_of

pytestmark = pytest.mark.unit

IDENTIFIER_COLUMNS = {
    "kela_person": "person_id",
    "kela_person_month": "person_id",
    "etotu_notification": "person_id",
    "avain_assessment": "client_id",
    "avain_client_plan": "client_id",
    "kela_household": "applicant_id",
    "kela_income_line": "person_id",
    "muni_household": "applicant_id",
    "muni_supp_decision": "client_id",
}
ANOTHER_SEED = 8


def reached(landing: Path, event_type: str) -> set[str]:
    return {row["notification_id"] for row in rows_of(landing, "etotu_event") if row["event_type"] == event_type}


# Same seed, same world


def test_the_same_seed_gives_the_same_bytes(landing: Path, tmp_path: Path) -> None:
    assert bytes_of(a_landing(tmp_path)) == bytes_of(landing)


def test_another_seed_gives_other_people(landing: Path, tmp_path: Path) -> None:
    other = a_landing(tmp_path, seed=ANOTHER_SEED)
    codes = {row["person_id"] for row in rows_of(landing, "kela_person")}
    assert len(codes & {row["person_id"] for row in rows_of(other, "kela_person")}) < len(codes) / 50


# Identity codes


@pytest.mark.parametrize(("extract", "column"), IDENTIFIER_COLUMNS.items())
def test_all_codes_but_the_planted_ones_are_valid_and_of_the_temporary_series(
    landing: Path, extract: str, column: str
) -> None:
    codes = [row[column] for row in rows_of(landing, extract)]
    invalid = [code for code in codes if not hetu.is_valid(code, allow_temporary=True)]
    wrong = sum(planted.count for planted in PLANTED if (planted.extract, planted.column) == (extract, column))
    assert len(invalid) == wrong
    assert all(900 <= int(code[7:10]) <= 999 for code in codes)


def test_no_code_is_given_to_two_persons(landing: Path) -> None:
    assert max(Counter(row["person_id"] for row in rows_of(landing, "kela_person")).values()) == 1


def test_some_persons_differ_in_the_century_sign_only(landing: Path) -> None:
    without_sign = Counter(row["person_id"][:6] + row["person_id"][7:] for row in rows_of(landing, "kela_person"))
    assert sum(1 for count in without_sign.values() if count > 1) >= 3


def test_all_century_signs_are_in_use(landing: Path) -> None:
    assert {row["person_id"][6] for row in rows_of(landing, "kela_person")} == set("-YXWVUABCDEF")


def test_individual_numbers_and_birth_years_agree_with_the_register(landing: Path) -> None:
    for row in rows_of(landing, "kela_person"):
        assert row["sex"] == "9" or int(row["person_id"][9]) % 2 == int(row["sex"]) % 2
        assert row["person_id"][4:6] == row["birth_year"][2:]


def test_a_code_of_the_permanent_series_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="900-999"):
        identity_code(date(1952, 10, 13), "-", 308)


def test_a_sign_of_another_century_is_refused() -> None:
    with pytest.raises(ValueError, match="century"):
        identity_code(date(1952, 10, 13), "A", 908)


# Households


def test_a_household_keeps_its_applicant_and_spouse(landing: Path) -> None:
    pairs: dict[str, set[tuple[str, str]]] = {}
    for row in rows_of(landing, "kela_person_month"):
        if row["role"] in ("HAKIJA", "PUOLISO"):
            pairs.setdefault(row["household_id"], set()).add((row["role"], row["person_id"]))
    assert all(len({role for role, _ in pair}) == len(pair) for pair in pairs.values())


def test_an_applicant_with_a_new_spouse_is_in_a_new_household(landing: Path) -> None:
    households: dict[str, set[str]] = {}
    for row in rows_of(landing, "kela_person_month"):
        if row["role"] == "HAKIJA":
            households.setdefault(row["person_id"], set()).add(row["household_id"])
    assert sum(1 for ids in households.values() if len(ids) == 2) == 12


def test_members_of_a_household_month_are_as_many_as_it_says(landing: Path) -> None:
    members: dict[tuple[str, str], dict[bool, set[str]]] = {}
    for row in rows_of(landing, "kela_person_month"):
        household = members.setdefault((row["household_id"], row["month"]), {True: set(), False: set()})
        household[row["role"] == "LAPSI"].add(row["person_id"])
    for row in rows_of(landing, "kela_household_month"):
        if row["municipality_code"] != "174":
            household = members[row["household_id"], row["month"]]
            assert (len(household[False]), len(household[True])) == (int(row["n_adults"]), int(row["n_children"]))


def test_a_lone_parent_is_one_adult_with_children(landing: Path) -> None:
    sizes = {
        (row["n_adults"], row["n_children"] != "0")
        for row in rows_of(landing, "kela_household_month")
        if row["household_type"] == "YKSINHUOLTAJA"
    }
    assert sizes == {("1", True)}


def test_some_households_move_within_the_year(landing: Path) -> None:
    places: dict[str, set[str]] = {}
    for row in rows_of(landing, "kela_household_month"):
        if row["municipality_code"] != "199":
            places.setdefault(row["household_id"], set()).add(row["municipality_code"])
    assert 10 < sum(1 for codes in places.values() if len(codes) == 2) < 150


def test_a_refused_month_is_not_paid(landing: Path) -> None:
    refused = [row for row in rows_of(landing, "kela_household_month") if row["rejected"] == "1"]
    assert refused
    assert {row["granted_eur"] for row in refused} == {"0,00"}


def test_payments_of_a_benefit_month_add_up_to_what_was_granted(landing: Path) -> None:
    cents = Counter[tuple[str, str]]()
    for row in rows_of(landing, "kela_payment"):
        if row["is_return"] == "0":
            cents[row["household_id"], row["benefit_month"]] += int(row["amount_eur"].replace(",", ""))
    correction = rows_of(landing, "kela_household_month", delivery_id="2018-07-20T0200")
    assert correction
    for row in correction:
        assert cents[row["household_id"], row["month"]] == int(row["granted_eur"].replace(",", ""))


def test_returns_are_negative_and_nothing_else_is(landing: Path) -> None:
    lines = rows_of(landing, "kela_payment")
    assert all((row["is_return"] == "1") == row["amount_eur"].startswith("-") for row in lines)
    assert any(row["is_return"] == "1" for row in lines)


def test_the_correction_of_june_brings_what_the_second_quarter_lacked(landing: Path) -> None:
    def june(delivery_id: str) -> dict[str, str]:
        rows = rows_of(landing, "kela_household_month", delivery_id=delivery_id)
        return {row["household_id"]: row["granted_eur"] for row in rows if row["month"] == "201806"}

    first, corrected = june("2018-07-08T0200"), june("2018-07-20T0200")
    assert len(corrected.keys() - first.keys()) == 25
    assert not first.keys() - corrected.keys()
    assert sum(1 for household, granted in first.items() if corrected[household] != granted) == 15


# Notifications


def test_types_of_notifications_are_as_published_within_chance(landing: Path) -> None:
    rows = rows_of(landing, "etotu_notification")
    n = len(rows) - planted_in("etotu_notification")
    counts = Counter(row["type"] for row in rows)
    for kind, share in TYPE_SHARES.items():
        assert abs(counts[kind] / n - share) < 3.5 * math.sqrt(share * (1 - share) / n), kind


def test_need_of_social_work_leads_to_a_meeting_most_and_a_reduction_least(landing: Path) -> None:
    met = reached(landing, "TAPAAMINEN")
    sent: dict[str, list[bool]] = {}
    for row in rows_of(landing, "etotu_notification"):
        sent.setdefault(row["type"], []).append(row["notification_id"] in met)
    share = {kind: sum(flags) / len(flags) for kind, flags in sent.items() if len(flags) >= 100}
    assert max(share, key=share.__getitem__) == "SOSIAALITYON_TARVE"
    assert min(share, key=share.__getitem__) == "ALENNETTU_PERUSOSA"


def test_the_young_miss_appointments_more_often(landing: Path) -> None:
    booked, missed = reached(landing, "AIKA_VARATTU"), reached(landing, "EI_SAAPUNUT")
    birth = {row["person_id"]: int(row["birth_year"]) for row in rows_of(landing, "kela_person")}
    flags: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows_of(landing, "etotu_notification"):
        if row["notification_id"] in booked:
            flags[2018 - birth[row["person_id"]] < 25].append(row["notification_id"] in missed)
    assert sum(flags[True]) / len(flags[True]) > 1.5 * sum(flags[False]) / len(flags[False])


def test_one_municipality_hardly_reacts_and_tampere_does_not_call_in_the_young(landing: Path) -> None:
    tried = reached(landing, "YHT_PUHELIN") | reached(landing, "YHT_KIRJE") | reached(landing, "YHT_VIESTI")
    birth = {row["person_id"]: int(row["birth_year"]) for row in rows_of(landing, "kela_person")}
    rows = rows_of(landing, "etotu_notification")
    hardly = [row["notification_id"] in tried for row in rows if row["area_code"] == HARDLY_REACTS]
    young = [
        row["notification_id"] in tried
        for row in rows
        if row["area_code"] == TAMPERE and 2018 - birth.get(row["person_id"], 1900) < 25
    ]
    assert sum(hardly) / len(hardly) < 0.3
    assert sum(young) / len(young) < 0.3
    assert len(tried) / len(rows) > 0.5


def test_events_of_a_case_follow_one_another_without_a_gap(landing: Path) -> None:
    cases: dict[str, list[tuple[int, str]]] = {}
    for row in rows_of(landing, "etotu_event"):
        day, month, rest = row["event_ts"].split(".")
        cases.setdefault(row["notification_id"], []).append((int(row["seq"]), f"{rest[:4]}{month}{day}{rest[4:]}"))
    for events in cases.values():
        ordered = sorted(events)
        assert [seq for seq, _ in ordered] == list(range(1, len(ordered) + 1))
        assert [at for _, at in ordered] == sorted({at for _, at in ordered})


def test_events_of_a_quarter_may_belong_to_notifications_of_an_earlier_one(landing: Path) -> None:
    second = {row["notification_id"] for row in rows_of(landing, "etotu_event", delivery_id="2018-07-08T0200")}
    first = {row["notification_id"] for row in rows_of(landing, "etotu_notification", delivery_id="2018-04-08T0200")}
    assert second & first


# AVAIN


def starts(landing: Path) -> list[dict[str, str]]:
    rows = rows_of(landing, "avain_assessment")
    return [row for row in rows if row["assessment_kind"] == "ALKU" and row["consent_research"] == "true"]


def test_there_are_162_clients_by_mid_october_of_whom_148_began_in_the_base_period(landing: Path) -> None:
    dates = {row["client_id"]: row["assessment_date"] for row in starts(landing)}
    assert sum(1 for written in dates.values() if written <= "2018-10-15") == 162
    assert sum(1 for written in dates.values() if "2018-03" <= written <= "2018-10-31") == 148


def test_dates_are_partial_on_a_few_forms(landing: Path) -> None:
    assert Counter(len(row["assessment_date"]) for row in starts(landing)).keys() == {4, 7, 10}


def test_tornio_sets_no_goals_after_may_and_reviews_none(landing: Path) -> None:
    tornio = [row for row in rows_of(landing, "avain_assessment") if row["municipality_code"] == "851"]
    assert len(tornio) == 10
    assert max(row["assessment_date"] for row in tornio) < "2018-06"
    reviewed = {row["assessment_id"] for row in rows_of(landing, "avain_goal_review")}
    assert not reviewed & {row["assessment_id"] for row in tornio}


def test_each_start_has_one_main_goal_and_each_end_points_to_a_start(landing: Path) -> None:
    kinds = {row["assessment_id"]: row["assessment_kind"] for row in rows_of(landing, "avain_assessment")}
    mains = Counter(row["assessment_id"] for row in rows_of(landing, "avain_goal") if row["is_main_goal"] == "true")
    assert dict(mains) == {key: 1 for key, kind in kinds.items() if kind == "ALKU"}
    followers = [row for row in rows_of(landing, "avain_assessment") if row["assessment_kind"] != "ALKU"]
    assert {kinds[row["previous_assessment_id"]] for row in followers} == {"ALKU"}


def test_about_sixty_per_cent_of_the_goals_are_reviewed(landing: Path) -> None:
    goals = {(row["assessment_id"], row["goal_seq"]) for row in rows_of(landing, "avain_goal")}
    reviews = {(row["assessment_id"], row["goal_seq"]) for row in rows_of(landing, "avain_goal_review")}
    assert reviews <= goals
    assert 0.5 < len(reviews) / len(goals) < 0.7


# Population


def test_population_leaves_out_aland_and_municipalities_that_had_ended(landing: Path) -> None:
    codes = {row["municipality_code"] for row in rows_of(landing, "ref_population")}
    assert codes == {*PILOTS, *OTHER_TOWNS, "911", "142"}


def test_population_adds_up_to_the_size_of_the_municipality(landing: Path) -> None:
    rows = rows_of(landing, "ref_population")
    residents = Counter[str]()
    for row in rows:
        if row["year"] == "2017":
            residents[row["municipality_code"]] += int(row["n_persons"])
    assert all(residents[code] == round(1000 * size) for code, size in (PILOTS | OTHER_TOWNS).items())
    assert {(row["sex"], int(row["age"])) for row in rows} == {(sex, age) for sex in "12" for age in range(101)}


def test_made_up_sizes_add_up_to_about_the_mainland() -> None:
    codes = sorted({*PILOTS, *OTHER_TOWNS} | {f"x{number}" for number in range(255)})
    sizes = made_up_sizes(codes, 7)
    assert 5_300_000 < sum(sizes.values()) < 5_600_000
    assert max(sizes, key=sizes.__getitem__) == "091"
    assert min(sizes.values()) >= 700

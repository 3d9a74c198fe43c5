"""The reference lists of the demo are facts: days of the calendar, areas of municipalities, codes that are known."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from avainvarasto.synthetic import reference_lists
from avainvarasto.synthetic.sources.deliver import MUNICIPALITY_SEED

pytestmark = pytest.mark.unit

DIVISIONS = reference_lists.read_municipalities(MUNICIPALITY_SEED)


def test_the_holidays_of_2018_are_those_of_the_calendar() -> None:
    found = {row["date"]: row["kind"] for row in reference_lists.holiday_rows() if row["date"].year == 2018}
    eves = {date(2018, 6, 22), date(2018, 12, 24)}
    holidays = {(1, 1), (1, 6), (3, 30), (4, 1), (4, 2), (5, 1), (5, 10), (5, 20), (6, 23), (11, 3), (12, 6)}
    holidays |= {(12, 25), (12, 26)}
    assert {day for day, kind in found.items() if kind == "AATTO"} == eves
    assert {(day.month, day.day) for day, kind in found.items() if kind == "PYHAPAIVA"} == holidays


def links(kind: str) -> dict[str, str]:
    rows = reference_lists.area_link_rows(DIVISIONS)
    return {row["municipality_code"]: row["area_code"] for row in rows if row["area_type"] == kind}


def test_the_pilot_municipalities_belong_to_the_areas_of_the_official_division() -> None:
    pilots = ("211", "837", "320", "851", "297", "680")
    assert [links("HVA")[code] for code in pilots] == ["08", "08", "21", "21", "13", "05"]
    assert [links("YTA")[code] for code in pilots] == ["3", "3", "5", "5", "2", "4"]
    assert [links("KELA_VAKUUTUSPIIRI")[code] for code in pilots] == ["3", "3", "5", "5", "4", "2"]
    assert [links("KELA_PALVELUALUE")[code] for code in pilots] == ["3", "3", "5", "5", "4", "2"]


def test_ilomantsi_and_joensuu_are_eastern_in_both_divisions_of_kela() -> None:
    for kind in ("KELA_VAKUUTUSPIIRI", "KELA_PALVELUALUE"):
        assert (links(kind)["146"], links(kind)["167"]) == ("4", "4")


def test_every_municipality_of_2023_is_in_one_insurance_district_and_those_of_the_mainland_in_a_county() -> None:
    assert len(links("KELA_VAKUUTUSPIIRI")) == 309
    assert len(links("HVA")) == len(links("YTA")) == 309 - 16
    assert Counter(links("KELA_VAKUUTUSPIIRI").values()) == {"1": 51, "2": 72, "3": 51, "4": 67, "5": 68}


def test_codes_belong_to_a_code_set_that_is_named_and_claim_no_more_than_is_known() -> None:
    named = {(row["oid"], row["version"]) for row in reference_lists.codeset_rows()}
    codes = list(reference_lists.code_rows())
    assert {(row["oid"], row["version"]) for row in codes} <= named
    # The lists of goals, methods and attainment were not at hand: no code of them may be made up.
    assert {str(row["oid"]).rsplit(".", 1)[1] for row in codes} == {"1290", "1222", "1248", "1282"}
    assert not any("leaf" in row or "parent" in row for row in codes)

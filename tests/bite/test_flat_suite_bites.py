"""Landing suites of the flat tables and references: the demo's rows pass, and each wrong relation fails its rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto.quality.gx import run_suite
from avainvarasto.quality.suites import load_suite
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic import client_plans, obstacles, reference_lists, survey
from avainvarasto.synthetic.sources.deliver import MUNICIPALITY_SEED, PRINTED_SURVEY
from tests.deliveries import CONTRACTS

pytestmark = pytest.mark.bite

Row = Mapping[str, Any]
DIVISIONS = reference_lists.read_municipalities(MUNICIPALITY_SEED)
DAY = date(2023, 1, 1)
TOTALS = {"PERUS": 90, "TAYDENTAVA": 20, "EHKAISEVA": 5, "KAIKKI": 95}
TOTAL = {"publisher": "THL", "year": 2018, "n_persons": 50, "gross_eur": 100}
GOOD: dict[str, list[Row]] = {
    "assistance_year": [
        TOTAL | {"kind": kind, "n_households": n, "gross_eur": 115 if kind == "KAIKKI" else n}
        for kind, n in TOTALS.items()
    ],
    "avain_service": [
        {"assessment_id": 1, "seq": seq, "list_id": list_id, "service_code": code}
        for seq, (list_id, code) in enumerate([("SAA_NYT", "26"), ("SUUNNITELTU", "24"), ("SUUNNITELTU", "99")], 1)
    ],
    "avain_method": [
        {"assessment_id": 1, "seq": seq, "method_code": code, "method_group": group}
        for seq, (code, group) in enumerate(
            [("M07", "YKSILOTYO"), ("M08", "YHDYSKUNTA_ALUE"), ("M21", "RAKENTEELLINEN"), ("M99", "MUU")], 1
        )
    ],
    "avain_code_map": list(client_plans.code_map_rows()),
    "prosos_invitation": list(survey.invitation_rows(PRINTED_SURVEY)),
    "swot_workshop": [dict(row) | {"workshop_id": number} for number, row in enumerate(obstacles.workshop_rows(), 1)],
    "obstacle_status": [
        {"obstacle_id": 1, "seq": seq, "status": status, "date": DAY}
        for seq, status in enumerate(["KIRJATTU", "RATKAISTU"], 1)
    ],
    "ref_municipality": list(reference_lists.municipality_rows(DIVISIONS)),
    "ref_area_link": list(reference_lists.area_link_rows(DIVISIONS)),
    "ref_code": list(reference_lists.code_rows()),
    "ref_holiday": list(reference_lists.holiday_rows()),
    "ref_reduction_rule": list(reference_lists.reduction_rule_rows()),
}
MAPPED = {"kind": "goal", "form_version": client_plans.PLAN_FORM, "code_set": "1.2", "code": "9001", "valid_from": DAY}
LINK = {"municipality_code": "837", "area_type": "HVA", "area_code": "08", "valid_from": DAY}
EASTERN = {"area_type": "KELA_PALVELUALUE", "area_code": "2", "valid_from": date(2027, 1, 1)}
WRONG: list[tuple[str, Row, str]] = [
    ("assistance_year", TOTAL | {"publisher": "KELA", "kind": "PERUS", "year": 2017}, "one publisher"),
    ("assistance_year", TOTAL | {"kind": "MUU", "n_households": 96}, "as much as of all kinds"),
    ("assistance_year", TOTAL | {"kind": "MUU", "n_persons": 51}, "as much as of all kinds"),
    ("assistance_year", TOTAL | {"kind": "MUU", "gross_eur": 116}, "as much as of all kinds"),
    ("avain_service", {"assessment_id": 1, "seq": 9, "list_id": "SUUNNITELTU", "service_code": "25"}, "ends at 24"),
    ("avain_method", {"assessment_id": 1, "seq": 9, "method_code": "M08", "method_group": "YKSILOTYO"}, "one group"),
    ("avain_code_map", MAPPED | {"target_code": "G02"}, "one counterpart at a time"),
    (
        "avain_code_map",
        MAPPED | {"code": "8", "valid_to": date(2022, 12, 31), "target_code": "G02"},
        "does not end before",
    ),
    ("avain_code_map", MAPPED | {"code": "8", "target_code": "M02"}, "same kind"),
    ("avain_code_map", MAPPED | {"code": "8", "target_code": "EI"}, "same kind"),
    ("prosos_invitation", {"survey_code": "PROSOS", "wave": "X", "subproject": "YHTEENSA", "n_sent": 1}, "total"),
    ("swot_workshop", {"workshop_id": 9, "area_type": "PKS", "area_code": "1", "n_invited": 13}, "capital region"),
    ("obstacle_status", {"obstacle_id": 1, "seq": 3, "status": "KIRJATTU", "date": DAY}, "recorded once"),
    ("ref_municipality", {"municipality_code": "837", "valid_from": DAY}, "one validity at a time"),
    ("ref_municipality", {"municipality_code": "998", "valid_from": DAY, "successor_code": "997"}, "in the list"),
    ("ref_area_link", LINK | {"valid_from": date(2024, 1, 1)}, "one area of a kind"),
    ("ref_area_link", LINK | {"municipality_code": "174", "valid_from": date(2016, 1, 1)}, "exist from 2023"),
    ("ref_area_link", EASTERN | {"municipality_code": "146"}, "Ilomantsi and Joensuu"),
    ("ref_area_link", EASTERN | {"municipality_code": "167"}, "Ilomantsi and Joensuu"),
    ("ref_code", {"oid": "1.2", "version": "1", "code": "3", "parent": "3"}, "above itself"),
    ("ref_holiday", {"date": date(2040, 1, 1), "kind": "PYHAPAIVA"}, "left out"),
    ("ref_reduction_rule", {"step": "50", "max_pct": 40, "valid_from": date(2030, 1, 1)}, "say the same"),
]


def failed(folder: Path, extract: str, rows: list[Row]) -> set[str]:
    """Notes of the critical rules that these rows break."""
    columns = CONTRACTS[extract].lake_columns()
    file = folder / f"{extract}.duckdb"
    types = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create table t ({types})")
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into t values ({marks})", [[row.get(name) for name in columns] for row in rows])
    suite = load_suite(PROJECT_ROOT / "expectations" / "suites" / "landing" / f"{extract}.yml")
    results = run_suite(suite, file, "main", "t")
    assert len(results) == len(suite.expectations)
    return {result.rule for result in results if result.severity == "critical" and not result.passed}


@pytest.mark.parametrize("extract", GOOD)
def test_rows_as_they_should_be_break_no_critical_rule(tmp_path: Path, extract: str) -> None:
    assert failed(tmp_path, extract, GOOD[extract]) == set()


@pytest.mark.parametrize(("extract", "row", "words"), WRONG)
def test_a_row_that_does_not_fit_the_others_breaks_its_rule(tmp_path: Path, extract: str, row: Row, words: str) -> None:
    broken = failed(tmp_path, extract, [*GOOD[extract], row])
    assert any(words in rule for rule in broken), broken


def test_a_total_above_the_sum_of_its_kinds_is_refused(tmp_path: Path) -> None:
    """Households and persons alike; a year that lacks a kind is not held to it."""
    rows = GOOD["assistance_year"]
    for measure, most in (("n_households", 115), ("n_persons", 150)):
        for total, refused in ((most, False), (most + 1, True)):
            changed = [dict(row) | ({measure: total} if row["kind"] == "KAIKKI" else {}) for row in rows]
            (tmp_path / f"{measure}{total}").mkdir()
            found = failed(tmp_path / f"{measure}{total}", "assistance_year", changed)
            assert any("sum of the three" in note for note in found) == refused
            assert not failed_without(tmp_path, changed)


def failed_without(folder: Path, rows: list[Row]) -> set[str]:
    """Notes of the critical rules that the rows break once a kind is taken out."""
    (folder / "assistance_year.duckdb").unlink(missing_ok=True)
    return failed(folder, "assistance_year", [row for row in rows if row["kind"] != "EHKAISEVA"])
